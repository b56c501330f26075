package org.telar.collector.plans;

/**
 * Meters by what the registry knows of them; an empty text is any.
 *
 * @param plan the periodic plan they were installed with (R30)
 */
public record MeterFilter(String gateway, String model, String zone, String mode, String plan) {}
