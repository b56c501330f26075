package org.telar.collector.integration.cim;

/**
 * What a document may cost us.
 *
 * @param bytes size of the (uncompressed) document
 * @param depth nesting of elements
 * @param token bytes of one tag, with its attributes, or of one piece of text
 * @param readings values of one MeterReading element: they are held in memory together
 */
public record XmlLimits(long bytes, int depth, int token, int readings) {
    /** 256 MB, 64 levels, 1 MB, and one million values: what one poll can hold. */
    public static final XmlLimits DEFAULT = new XmlLimits(256L << 20, 64, 1 << 20, 1_000_000);
}
