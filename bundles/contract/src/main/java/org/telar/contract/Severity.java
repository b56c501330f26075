package org.telar.contract;

/** How critical an event is (R34). Codes are stable on the wire. */
public enum Severity {
    INFO,
    WARNING,
    CRITICAL
}
