package org.telar.collector.integration.loader;

import java.util.HashSet;
import java.util.Set;

/** What a load has counted so far; becomes the journal's figures. Not thread-safe. */
final class Tally {
    final Set<String> meters = new HashSet<>();
    long values;
    long loaded;
    long duplicates;
    long conflicts;
    long missing;
    long quarantined;
    int blocks;
    /** Blocks and readings of a reading type that the table knows: they say what the file is (D19). */
    long known;

    String firstFault = "";

    boolean warn() {
        return blocks > 0 || conflicts > 0;
    }
}
