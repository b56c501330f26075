package org.telar.collector.validation;

/**
 * One doubt about a range of one channel's day.
 *
 * @param from UTC second, exclusive: start of the first interval
 * @param to UTC second, inclusive: end of the last one
 * @param count values or slots concerned
 */
record Flag(int day, int meter, short type, Rule rule, long from, long to, int count, String detail) {}
