package org.telar.e2e.demo;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/**
 * Tells the story to a person: sections, lines, and one line of progress that moves on a terminal and is repeated every
 * few seconds elsewhere. English, or Spanish where the locale says so. Not thread-safe.
 */
final class Narrator {
    private static final long QUIET_NANOS = Duration.ofSeconds(5).toNanos();

    private final PrintStream out;
    private final boolean spanish;
    private final boolean terminal;
    private final boolean colour;
    private final long begin = System.nanoTime();
    private boolean open;
    private long lastProgress;

    Narrator(PrintStream out, Locale locale, boolean terminal, boolean colour) {
        this.out = out;
        this.spanish = locale.getLanguage().equals("es");
        this.terminal = terminal;
        this.colour = terminal && colour;
    }

    /** The words of the reader's language. */
    String words(String english, String inSpanish) {
        return spanish ? inSpanish : english;
    }

    void section(String english, String inSpanish) {
        endProgress();
        String title = words(english, inSpanish);
        out.printf(Locale.ROOT, "%n%s%s%s%n", colour ? "\u001b[1m" : "", title, colour ? "\u001b[0m" : "");
        out.flush();
        lastProgress = 0;
    }

    void line(String english, String inSpanish) {
        endProgress();
        out.printf(Locale.ROOT, "  %5.1f s  %s%n", seconds(), words(english, inSpanish));
        out.flush();
    }

    /** A line without the time, for tables and hints. */
    void plain(String text) {
        endProgress();
        out.println(text);
        out.flush();
    }

    void progress(String english, String inSpanish) {
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

    double seconds() {
        return (System.nanoTime() - begin) / 1e9;
    }

    private void endProgress() {
        if (open) {
            out.print("\r\u001b[K");
            open = false;
        }
    }
}
