package org.telar.simulator.fleet;

import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.Locale;

/** Writes {@code fleet.csv}, which holds keys: readable by its owner alone. */
public final class FleetFile {
    static final String HEADER = "meter,identity,serial,model,medium,endpoint,wrapper_id,hdlc_logical,hdlc_physical,"
            + "client_sap,auth,password,system_title,gek,gak,channel_kind,stamp,deviation,zone,line,network_address";

    private FleetFile() {}

    /** Writes the file anew, mode 0600 from its first byte on. */
    public static void write(Path file, Fleet fleet) throws IOException {
        Files.deleteIfExists(file);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try (Writer out = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
            out.write(HEADER);
            out.write('\n');
            for (Meter meter : fleet.meters()) {
                out.write(row(meter));
                out.write('\n');
            }
        }
    }

    private static String row(Meter meter) {
        MeterSpec spec = meter.spec();
        MeterModel model = spec.model();
        Credentials keys = spec.credentials();
        HexFormat hex = HexFormat.of();
        boolean hls = model.auth() == MeterModel.Auth.HLS5;
        boolean hdlc = spec.medium() == Medium.HDLC_TCP || spec.medium() == Medium.PTY;
        return String.join(
                ",",
                Integer.toString(spec.number()),
                spec.identity(),
                spec.serial(),
                model.product(),
                spec.medium().text(),
                spec.endpoint(),
                wrapperId(spec),
                hdlc ? Integer.toString(MeterSpec.HDLC_LOGICAL) : "",
                hdlc ? Integer.toString(spec.hdlcPhysical()) : "",
                Integer.toString(spec.clientSap()),
                model.auth().name(),
                model.auth() == MeterModel.Auth.LLS ? hex.formatHex(keys.password()) : "",
                hls ? hex.formatHex(keys.systemTitle()) : "",
                hls ? hex.formatHex(keys.gek()) : "",
                hls ? hex.formatHex(keys.gak()) : "",
                model.increments() ? "increments" : "registers",
                model.stampAtEnd() ? "end" : "start",
                model.deviation().name().toLowerCase(Locale.ROOT),
                meter.zone().getId(),
                hdlc ? Integer.toString(spec.line()) : "",
                networkAddress(spec));
    }

    private static String wrapperId(MeterSpec spec) {
        return switch (spec.medium()) {
            case WRAPPER, UDP, PRIME -> Integer.toString(spec.wrapperId());
            case GATEWAY -> "1";
            case HDLC_TCP, PTY, IEC21 -> "";
        };
    }

    /** Behind the gateway: network id and address in hex; on PRIME: EUI-48 in hex. */
    private static String networkAddress(MeterSpec spec) {
        return switch (spec.medium()) {
            case GATEWAY -> String.format(Locale.ROOT, "1:%08X", spec.wrapperId());
            case PRIME -> HexFormat.of().withUpperCase().formatHex(spec.eui48());
            default -> "";
        };
    }
}
