package org.telar.simulator.cosem;

import org.telar.simulator.fleet.Meter;

/**
 * One capture object of a profile.
 *
 * @param classId class of the captured object
 * @param obis its logical name
 * @param attribute captured attribute
 * @param cell encodes the value of a row
 */
record Column(int classId, String obis, int attribute, Cell cell) {
    /** Encodes one value. */
    @FunctionalInterface
    interface Cell {
        void write(Meter meter, Row row, Axdr out);
    }
}
