package org.telar.harness;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/**
 * Tells the story to a person: sections, lines, and one line of progress that moves on a terminal and is repeated every
 * few seconds elsewhere. English, or Spanish where the locale says so. Not thread-safe.
 */
public final class Narrator {
    private static final long QUIET_NANOS = Duration.ofSeconds(5).toNanos();

    private final PrintStream out;
    private final boolean spanish;
    private final boolean terminal;
    private final boolean colour;
    private final long begin = System.nanoTime();
    private boolean open;
    private long lastProgress;

    public Narrator(PrintStream out, Locale locale, boolean terminal, boolean colour) {
        this.out = out;
        this.spanish = locale.getLanguage().equals("es");
        this.terminal = terminal;
        this.colour = terminal && colour;
    }

    /** As the environment says: language of the locale, progress that moves on a terminal, colour unless refused. */
    public static Narrator ofProcess(PrintStream out) {
        return new Narrator(out, locale(), System.getenv("TELAR_TERMINAL") != null, System.getenv("NO_COLOR") == null);
    }

    private static Locale locale() {
        for (String name : new String[] {"LC_ALL", "LC_MESSAGES", "LANG"}) {
            String value = System.getenv(name);
            if (value != null && !value.isEmpty()) {
                return value.startsWith("es") ? new Locale("es", "CL") : Locale.ENGLISH;
            }
        }
        return Locale.ENGLISH;
    }

    /** The words of the reader's language. */
    public String words(String english, String inSpanish) {
        return spanish ? inSpanish : english;
    }

    public void section(String english, String inSpanish) {
        endProgress();
        String title = words(english, inSpanish);
        out.printf(Locale.ROOT, "%n%s%s%s%n", colour ? "\u001b[1m" : "", title, colour ? "\u001b[0m" : "");
        out.flush();
        lastProgress = 0;
    }

    public void line(String english, String inSpanish) {
        endProgress();
        out.printf(Locale.ROOT, "  %5.1f s  %s%n", seconds(), words(english, inSpanish));
        out.flush();
    }

    /** A line without the time, for tables and hints. */
    public void plain(String text) {
        endProgress();
        out.println(text);
        out.flush();
    }

    public void progress(String english, String inSpanish) {
        long now = System.nanoTime();
        if (terminal) {
            out.printf(Locale.ROOT, "\r\u001b[K  %5.1f s  %s", seconds(), words(english, inSpanish));
            out.flush();
            open = true;
        } else if (lastProgress == 0 || now - lastProgress > QUIET_NANOS) {
            out.printf(Locale.ROOT, "  %5.1f s  ... %s%n", seconds(), words(english, inSpanish));
            lastProgress = now;
        }
    }

    public double seconds() {
        return (System.nanoTime() - begin) / 1e9;
    }

    private void endProgress() {
        if (open) {
            out.print("\r\u001b[K");
            open = false;
        }
    }
}
