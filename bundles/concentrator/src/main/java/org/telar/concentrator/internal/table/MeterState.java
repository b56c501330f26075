package org.telar.concentrator.internal.table;

/** State of a meter in the concentrator's own table. Only {@code COMMISSIONED} meters are read. */
public enum MeterState {
    COMMISSIONED,
    SUSPENDED,
    BOUND
}
