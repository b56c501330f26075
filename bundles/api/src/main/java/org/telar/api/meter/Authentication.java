package org.telar.api.meter;

/** How an association is secured. The policy of the meter table: a driver never goes below it (S29). */
public enum Authentication {
    NONE,
    /** Low level security: a password. */
    LLS,
    /** High level security 5, GMAC, security suite 0. */
    HLS5
}
