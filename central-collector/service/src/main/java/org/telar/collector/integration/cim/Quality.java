package org.telar.collector.integration.cim;

import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The quality of one value: one or more CIM codes in ascending order, each perhaps with a comment.
 *
 * @param marks at least one, ascending, no two alike
 */
public record Quality(List<Mark> marks) {
    private static final int CATEGORY_EDITED = 7;
    private static final int CATEGORY_ESTIMATED = 8;

    /**
     * One ReadingQualities element.
     *
     * @param code {@code system.category.index}
     * @param comment empty if there is none
     */
    public record Mark(String code, String comment) implements Comparable<Mark> {
        private static final int MAX_COMMENT = 200;

        public Mark {
            if (!code.matches("\\d{1,4}\\.\\d{1,4}\\.\\d{1,6}")) {
                throw new IllegalArgumentException("a quality code is system.category.index, got " + code);
            }
            if (comment.length() > MAX_COMMENT || comment.indexOf('\n') >= 0) {
                throw new IllegalArgumentException("a quality comment is one line of at most 200 characters");
            }
        }

        @Override
        public int compareTo(Mark other) {
            int order = Arrays.compare(numbers(), other.numbers());
            return order != 0 ? order : comment.compareTo(other.comment);
        }

        int[] numbers() {
            return Arrays.stream(code.split("\\.")).mapToInt(Integer::parseInt).toArray();
        }
    }

    public Quality {
        marks = List.copyOf(new TreeSet<>(marks));
        if (marks.isEmpty()) {
            throw new IllegalArgumentException("a quality has at least one code");
        }
    }

    public static Quality of(String code, String comment) {
        return new Quality(List.of(new Mark(code, comment)));
    }

    /**
     * Reads what {@link #codes} gives.
     *
     * @throws IllegalArgumentException when it is something else
     */
    public static Quality parse(String codes) {
        return new Quality(
                Arrays.stream(codes.split("\\+")).map(c -> new Mark(c, "")).toList());
    }

    /** Codes joined by {@code +}, each once: {@code 1.1.0+1.5.257}. */
    public String codes() {
        return marks.stream().map(Mark::code).distinct().collect(Collectors.joining("+"));
    }

    /** Comments as {@code code=comment}, one a line; empty if no mark has one. */
    public String comments() {
        return marks.stream()
                .filter(m -> !m.comment().isEmpty())
                .map(m -> m.code() + "=" + m.comment())
                .collect(Collectors.joining("\n"));
    }

    /** Approved edit 3, measured 2, estimated 1: a lower rank never replaces a higher one (D21). */
    public int rank() {
        int rank = 2;
        for (Mark m : marks) {
            int category = m.numbers()[1];
            if (category == CATEGORY_EDITED) {
                return 3;
            }
            rank = category == CATEGORY_ESTIMATED ? 1 : rank;
        }
        return rank;
    }
}
