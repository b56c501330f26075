package org.telar.collector.security;

import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.SimpleGrantedAuthority;

/** What a caller may do; also the scope of a program's token (R10). */
public enum Permission {
    /** See readings, events, states, reports. */
    READ,
    /** Orders, plans, N2PLoad, re-injections, acknowledgement of alarms. */
    OPERATE,
    /** Register and change concentrators, meters and their keys. */
    REGISTRY,
    /** Accounts and tokens. */
    ADMIN,
    /** See the audit. */
    AUDIT;

    GrantedAuthority authority() {
        return new SimpleGrantedAuthority(name());
    }
}
