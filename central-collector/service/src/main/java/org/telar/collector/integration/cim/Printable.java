package org.telar.collector.integration.cim;

/** Text from elsewhere on its way into XML 1.0. */
final class Printable {
    private Printable() {}

    /** At most so many characters; what XML cannot carry becomes a space. */
    static String of(String text, int length) {
        String bounded = text.length() > length ? text.substring(0, length) : text;
        StringBuilder safe = new StringBuilder(bounded.length());
        bounded.codePoints()
                .map(c -> c >= ' ' && c != 0xFFFE && c != 0xFFFF && (c < 0xD800 || c > 0xDFFF) ? c : ' ')
                .forEach(safe::appendCodePoint);
        return safe.toString();
    }
}
