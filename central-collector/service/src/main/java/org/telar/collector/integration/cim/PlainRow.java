package org.telar.collector.integration.cim;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import javax.xml.stream.XMLStreamException;

import org.codehaus.stax2.XMLStreamWriter2;

/**
 * The common interval reading, time, value and quality codes without a comment, put together in one piece: nothing of it
 * needs escaping, and the writer's work on nine tags a value is most of the cost of a message. Not thread-safe.
 */
final class PlainRow {
    private static final char[] TO_TIME = "<m:IntervalReadings><m:timeStamp>".toCharArray();
    private static final char[] TO_VALUE = "</m:timeStamp><m:value>".toCharArray();
    private static final int TIME_LENGTH = 25;
    private static final int LONGEST_NUMBER = 48;

    private final Map<Quality, Optional<char[]>> ends = new HashMap<>();
    private Quality last;
    private char[] lastEnd = {};
    private char[] text = new char[1024];

    /** @return false when the quality has a comment: then nothing was written */
    boolean write(XMLStreamWriter2 out, char[] time, char[] number, int digits, Quality quality)
            throws XMLStreamException {
        if (quality != last) {
            Optional<char[]> end = ends.computeIfAbsent(quality, PlainRow::end);
            if (end.isEmpty()) {
                return false;
            }
            last = quality;
            lastEnd = end.get();
            int longest = TO_TIME.length + TIME_LENGTH + TO_VALUE.length + LONGEST_NUMBER + lastEnd.length;
            text = text.length < longest ? new char[longest] : text;
        }
        int at = put(TO_TIME, TO_TIME.length, 0);
        at = put(time, TIME_LENGTH, at);
        at = put(TO_VALUE, TO_VALUE.length, at);
        at = put(number, digits, at);
        at = put(lastEnd, lastEnd.length, at);
        out.writeRaw(text, 0, at);
        return true;
    }

    private int put(char[] part, int length, int at) {
        System.arraycopy(part, 0, text, at, length);
        return at + length;
    }

    private static Optional<char[]> end(Quality quality) {
        StringBuilder end = new StringBuilder("</m:value>");
        for (Quality.Mark mark : quality.marks()) {
            if (!mark.comment().isEmpty()) {
                return Optional.empty();
            }
            end.append("<m:ReadingQualities><m:ReadingQualityType ref=\"")
                    .append(mark.code())
                    .append("\"/></m:ReadingQualities>");
        }
        return Optional.of(end.append("</m:IntervalReadings>").toString().toCharArray());
    }
}
