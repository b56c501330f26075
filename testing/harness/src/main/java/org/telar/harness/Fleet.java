package org.telar.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The simulator's {@code fleet.csv}: who the simulated meters are, where they answer and what their secrets are. */
public final class Fleet {
    private final List<SimulatedMeter> meters;

    /**
     * One simulated meter; texts as in the file, empty where they do not apply.
     *
     * @param medium {@code wrapper}, {@code hdlc-tcp} or {@code pty}
     * @param endpoint channel URI of the line it hangs on
     * @param stamp {@code end} or {@code start}: what its rows are stamped with (D3)
     */
    public record SimulatedMeter(
            String number,
            String identity,
            String model,
            String medium,
            String endpoint,
            String wrapperId,
            String hdlcLogical,
            String hdlcPhysical,
            String clientSap,
            String authentication,
            String password,
            String encryptionKey,
            String authenticationKey,
            String stamp,
            String zone,
            String line) {
        /** The driver's address on the medium. */
        public String address() {
            return wrapperId.isEmpty() ? "hdlc:" + hdlcLogical + "/" + hdlcPhysical : "wrapper:" + wrapperId;
        }

        /** One name per line that can be used on its own. */
        public String lineName() {
            return line.isEmpty() || line.equals("0") ? medium : medium + "-" + line;
        }
    }

    private Fleet(List<SimulatedMeter> meters) {
        this.meters = List.copyOf(meters);
    }

    /** @throws IOException when the file cannot be read or a column is missing; the message names it */
    public static Fleet read(Path file) throws IOException {
        List<String> lines = Files.readAllLines(file);
        if (lines.isEmpty()) {
            throw new IOException(file + " is empty");
        }
        Map<String, Integer> columns = new HashMap<>();
        String[] header = lines.get(0).split(",", -1);
        for (int i = 0; i < header.length; i++) {
            columns.put(header[i], i);
        }
        List<SimulatedMeter> meters = new ArrayList<>();
        for (int n = 1; n < lines.size(); n++) {
            String[] f = lines.get(n).split(",", -1);
            if (f.length != header.length) {
                throw new IOException(
                        file + " line " + (n + 1) + ": " + header.length + " columns expected, got " + f.length);
            }
            meters.add(meter(file, columns, f));
        }
        return new Fleet(meters);
    }

    private static SimulatedMeter meter(Path file, Map<String, Integer> columns, String[] f) throws IOException {
        return new SimulatedMeter(
                field(file, columns, f, "meter"),
                field(file, columns, f, "identity"),
                field(file, columns, f, "model"),
                field(file, columns, f, "medium"),
                field(file, columns, f, "endpoint"),
                field(file, columns, f, "wrapper_id"),
                field(file, columns, f, "hdlc_logical"),
                field(file, columns, f, "hdlc_physical"),
                field(file, columns, f, "client_sap"),
                field(file, columns, f, "auth"),
                field(file, columns, f, "password"),
                field(file, columns, f, "gek"),
                field(file, columns, f, "gak"),
                field(file, columns, f, "stamp"),
                field(file, columns, f, "zone"),
                field(file, columns, f, "line"));
    }

    private static String field(Path file, Map<String, Integer> columns, String[] f, String name) throws IOException {
        Integer index = columns.get(name);
        if (index == null) {
            throw new IOException(file + " has no column " + name);
        }
        return f[index];
    }

    public List<SimulatedMeter> meters() {
        return meters;
    }

    /** The media in use, in the order of the file. */
    public Set<String> media() {
        Set<String> media = new LinkedHashSet<>();
        meters.forEach(m -> media.add(m.medium()));
        return media;
    }
}
