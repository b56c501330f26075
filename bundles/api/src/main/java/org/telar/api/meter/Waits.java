package org.telar.api.meter;

import java.time.Duration;

/**
 * Longest waits for one response. A mute meter is found by its association, whose answers are short; the answer with a
 * day of profile may take many times as long on a slow medium.
 *
 * @param association while associating
 * @param answer to everything after that
 */
public record Waits(Duration association, Duration answer) {}
