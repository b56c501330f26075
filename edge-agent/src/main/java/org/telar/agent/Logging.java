package org.telar.agent;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.temporal.ChronoUnit;
import java.util.logging.ConsoleHandler;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** Log to stderr, a line an entry, with journald's priority prefix. {@code -Dtelar.log.level=FINE} shows more. */
final class Logging {
    /** Held here: the logging system forgets a level with the last reference to its logger. */
    private static final Logger OURS = Logger.getLogger("org.telar");

    private Logging() {}

    static void setUp() {
        Logger root = Logger.getLogger("");
        for (Handler h : root.getHandlers()) {
            root.removeHandler(h);
        }
        Level level;
        try {
            level = Level.parse(System.getProperty("telar.log.level", "INFO"));
        } catch (IllegalArgumentException e) {
            level = Level.INFO;
        }
        Handler console = new ConsoleHandler();
        console.setLevel(level);
        console.setFormatter(new Line());
        root.addHandler(console);
        root.setLevel(Level.INFO);
        OURS.setLevel(level);
    }

    private static final class Line extends Formatter {
        @Override
        public String format(LogRecord r) {
            StringWriter text = new StringWriter();
            text.append(priority(r.getLevel()))
                    .append(r.getInstant().truncatedTo(ChronoUnit.MILLIS).toString())
                    .append(' ')
                    .append(r.getLevel().getName())
                    .append(' ')
                    .append(shortName(r.getLoggerName()))
                    .append(": ")
                    .append(formatMessage(r))
                    .append('\n');
            if (r.getThrown() != null) {
                r.getThrown().printStackTrace(new PrintWriter(text, true));
            }
            return text.toString();
        }

        private static String priority(Level level) {
            int value = level.intValue();
            return value >= Level.SEVERE.intValue()
                    ? "<3>"
                    : value >= Level.WARNING.intValue() ? "<4>" : value >= Level.INFO.intValue() ? "<6>" : "<7>";
        }

        private static String shortName(String logger) {
            return logger == null ? "" : logger.substring(logger.lastIndexOf('.') + 1);
        }
    }
}
