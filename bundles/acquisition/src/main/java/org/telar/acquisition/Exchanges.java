package org.telar.acquisition;

/**
 * What a part of a visit took of its medium.
 *
 * @param airtime the medium was held, nanoseconds
 * @param count exchanges
 * @param longest the longest of them, nanoseconds
 */
public record Exchanges(long airtime, int count, long longest) {
    public static final Exchanges NONE = new Exchanges(0, 0, 0);

    /** With one more exchange. */
    public Exchanges plus(long exchange) {
        return new Exchanges(airtime + exchange, count + 1, Math.max(longest, exchange));
    }
}
