package org.telar.collector.integration;

/**
 * The arrows of the flow database → queue → file → Legacy. Each step calls {@link #passed} when it has done something
 * lasting and not yet noted it; a test crashes there to show that the effect stays exactly one (R64). In the product
 * nothing happens.
 */
@FunctionalInterface
public interface Arrows {
    Arrows QUIET = arrow -> {};

    /** Where a crash may strike. */
    enum Arrow {
        COMPOSED,
        SENT,
        FILE_SYNCED,
        FILE_RENAMED,
        LOADED_NOT_COMMITTED,
        COMMITTED,
        ARCHIVED
    }

    void passed(Arrow arrow);
}
