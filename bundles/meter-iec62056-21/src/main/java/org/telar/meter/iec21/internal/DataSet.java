package org.telar.meter.iec21.internal;

import java.util.ArrayList;
import java.util.List;

/**
 * One data set: {@code id(value*unit)(value)...} (IEC 62056-21 §6.3.2, items 15 to 19).
 *
 * @param id address before the first bracket, may be empty
 * @param values contents of the brackets, in order
 */
record DataSet(String id, List<Value> values) {
    /** Longest line taken; a profile header of 64 channels has about 1.5 kB. */
    static final int MAX_LINE = 4096;

    /**
     * A value.
     *
     * @param text before the asterisk
     * @param unit behind it, or empty
     */
    record Value(String text, String unit) {
        static Value of(String inside) {
            int star = inside.indexOf('*');
            return star < 0 ? new Value(inside, "") : new Value(inside.substring(0, star), inside.substring(star + 1));
        }
    }

    /** Something in an answer that is no data set. */
    static final class SyntaxException extends Exception {
        private static final long serialVersionUID = 1L;

        SyntaxException(String message) {
            super(message);
        }
    }

    DataSet {
        values = List.copyOf(values);
    }

    /** The first value's text, or empty. */
    String first() {
        return values.isEmpty() ? "" : values.get(0).text();
    }

    /** All data sets of an answer; an end character {@code !} ends them. */
    static List<DataSet> parse(String text) throws SyntaxException {
        List<DataSet> sets = new ArrayList<>();
        int line = 0;
        for (String raw : text.split("\r\n|\n|\r", -1)) {
            line++;
            String content = raw.strip();
            if (content.equals("!")) {
                break;
            }
            if (content.length() > MAX_LINE) {
                throw new SyntaxException("line " + line + " has " + content.length() + " characters, at most "
                        + MAX_LINE + " are taken");
            }
            if (!content.isEmpty()) {
                parseLine(content, line, sets);
            }
        }
        return sets;
    }

    /** A line may hold several data sets, one behind the other. */
    private static void parseLine(String content, int line, List<DataSet> sets) throws SyntaxException {
        int at = 0;
        while (at < content.length()) {
            int open = content.indexOf('(', at);
            if (open < 0) {
                throw new SyntaxException(
                        "line " + line + ": expected a value in brackets, got '" + shown(content) + "'");
            }
            String id = content.substring(at, open);
            List<Value> values = new ArrayList<>();
            at = open;
            while (at < content.length() && content.charAt(at) == '(') {
                int close = content.indexOf(')', at);
                if (close < 0) {
                    throw new SyntaxException("line " + line + ": a bracket is not closed: '" + shown(content) + "'");
                }
                values.add(Value.of(content.substring(at + 1, close)));
                at = close + 1;
            }
            sets.add(new DataSet(id, values));
        }
    }

    private static String shown(String content) {
        String printable = content.replaceAll("[^ -~]", "?");
        return printable.length() <= 40 ? printable : printable.substring(0, 40) + "...";
    }
}
