package org.telar.collector.integration;

/** The two kinds of data that the Legacy flow carries (R67); one message carries one of them (D10). */
public enum DataType {
    LOAD_PROFILE,
    REGISTERS
}
