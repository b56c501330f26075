package org.telar.cli.fleet;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

import org.telar.cli.Api;
import org.telar.cli.DurationText;
import org.telar.cli.Exit;
import org.telar.cli.Output;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code telar read METER}: Actividades Online, one order to one meter (R20, R60). */
@Command(name = "read", mixinStandardHelpOptions = true)
public final class ReadCommand extends OrderWork {
    @Parameters(paramLabel = "METER", descriptionKey = "parameter.meter")
    private String meter;

    @Option(names = "--what", paramLabel = "WHAT", descriptionKey = "option.what", converter = What.Reader.class)
    private What what = What.REGISTERS;

    @Option(names = "--from", paramLabel = "INSTANT", descriptionKey = "option.from")
    private String from = "";

    @Option(names = "--to", paramLabel = "INSTANT", descriptionKey = "option.to")
    private String to = "";

    @Option(names = "--source", paramLabel = "meter|concentrator", descriptionKey = "option.source")
    private String source = "meter";

    @Option(
            names = "--deadline",
            paramLabel = "DURATION",
            descriptionKey = "option.deadline",
            converter = DurationText.class)
    private Optional<Duration> deadline = Optional.empty();

    @Override
    protected int run(Api api, Output out) throws InterruptedException {
        Body body = new Body().with("meter", meter).with("type", what.type()).with("deadline", deadline);
        switch (source.toLowerCase(Locale.ROOT)) {
            case "meter" -> body.with("source", "METER");
            case "concentrator" -> body.with("source", "CONCENTRATOR");
            default -> throw refuse(Exit.USAGE, "error.source", source);
        }
        if (what.ranged() || !from.isEmpty() || !to.isEmpty()) {
            Instant end = to.isEmpty() ? Instant.now() : instant(to);
            Instant start = from.isEmpty() ? end.minus(Duration.ofDays(1)) : instant(from);
            body.with("from", start.toString()).with("to", end.toString());
        }
        return follow(api, out, api.post("orders", body.text()));
    }

    private Instant instant(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            throw refuse(Exit.USAGE, "error.instant", text);
        }
    }
}
