package org.telar.extraction.internal;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import org.telar.api.model.TimeRange;
import org.telar.api.store.StoreException;

/** {@code telar-extract}: see {@code --help}. The agent may run or not. */
public final class Main {
    private static final Set<String> OPTIONS = Set.of(
            "data",
            "from",
            "to",
            "zone",
            "key-store",
            "password-file",
            "trust-store",
            "trust-password-file",
            "recipient",
            "out",
            "lang");

    private final PrintStream out;
    private final PrintStream err;
    private final Clock clock;

    public Main(PrintStream out, PrintStream err, Clock clock) {
        this.out = out;
        this.err = err;
        this.clock = clock;
    }

    public static void main(String[] args) {
        System.exit(new Main(System.out, System.err, Clock.systemUTC()).run(args));
    }

    /** @return the exit code */
    public int run(String... args) {
        Words words = new Words(Locale.getDefault());
        try {
            if (args.length == 0 || args[0].equals("--help") || args[0].equals("-h")) {
                out.println(words.say("USAGE"));
                return args.length == 0 ? Refused.USAGE : 0;
            }
            Map<String, String> given = parse(args);
            if (given.containsKey("lang")) {
                words = new Words(Locale.forLanguageTag(given.get("lang")));
            }
            extract(given, words);
            return 0;
        } catch (Refused e) {
            err.println(e.sentence(words));
            return e.exit();
        } catch (StoreException | IOException | GeneralSecurityException e) {
            err.println(words.say("FAILED", e.getMessage() == null ? e.toString() : e.getMessage()));
            return e instanceof StoreException ? Refused.PRECONDITION : 1;
        }
    }

    private void extract(Map<String, String> given, Words words)
            throws Refused, StoreException, IOException, GeneralSecurityException {
        TimeRange range = range(given);
        Path file = Path.of(required(given, "out")).toAbsolutePath();
        if (Files.exists(file)) {
            throw new Refused(Refused.CONFLICT, "EXISTS", file);
        }
        if (!Files.isDirectory(file.getParent())) {
            throw new Refused(Refused.PRECONDITION, "NO_FOLDER", file.getParent());
        }
        Path password = Path.of(required(given, "password-file"));
        Identity identity = Identity.load(
                Path.of(required(given, "key-store")),
                password,
                Path.of(required(given, "recipient")),
                Path.of(required(given, "trust-store")),
                given.containsKey("trust-password-file") ? Path.of(given.get("trust-password-file")) : password);
        Path data = Path.of(required(given, "data"));
        Path store = Files.isDirectory(data.resolve("store")) ? data.resolve("store") : data;
        Words said = words;
        Extraction.Done done = new Extraction(identity, clock).write(store, range, file, (n, of) -> {
            if (n % 50 == 0 || n.equals(of)) {
                err.println(said.say("PROGRESS", n, of));
            }
        });
        if (done.damaged() > 0) {
            err.println(words.say("DAMAGED", done.damaged()));
        }
        out.println(words.say("DONE", file, done.meters(), done.values(), Files.size(file)));
    }

    private static Map<String, String> parse(String... args) throws Refused {
        Map<String, String> given = new HashMap<>();
        for (int i = 0; i < args.length; i += 2) {
            String name = args[i].startsWith("--") ? args[i].substring(2) : "";
            if (!OPTIONS.contains(name)) {
                throw new Refused(Refused.USAGE, "UNKNOWN_OPTION", args[i]);
            }
            if (i + 1 == args.length) {
                throw new Refused(Refused.USAGE, "NO_VALUE", args[i]);
            }
            given.put(name, args[i + 1]);
        }
        return given;
    }

    private static String required(Map<String, String> given, String name) throws Refused {
        if (!given.containsKey(name)) {
            throw new Refused(Refused.USAGE, "MISSING", "--" + name);
        }
        return given.get(name);
    }

    /** Whole local days, the last one included (D5). */
    private static TimeRange range(Map<String, String> given) throws Refused {
        String from = required(given, "from");
        String to = required(given, "to");
        try {
            ZoneId zone = given.containsKey("zone") ? ZoneId.of(given.get("zone")) : ZoneId.systemDefault();
            LocalDate first = LocalDate.parse(from);
            LocalDate last = LocalDate.parse(to);
            if (last.isBefore(first)) {
                throw new Refused(Refused.USAGE, "RANGE", from, to);
            }
            return new TimeRange(
                    first.atStartOfDay(zone).toInstant(),
                    last.plusDays(1).atStartOfDay(zone).toInstant());
        } catch (DateTimeException e) {
            throw new Refused(Refused.USAGE, "RANGE", from, to);
        }
    }
}
