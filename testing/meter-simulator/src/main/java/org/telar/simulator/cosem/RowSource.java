package org.telar.simulator.cosem;

import java.time.Instant;
import java.util.List;

import org.telar.simulator.fleet.Meter;

/** Which rows a profile holds now; their values are computed later. */
public interface RowSource {
    /** Rows in the buffer whose shown time is in [from, to], oldest first. */
    List<Row> rows(Meter meter, Instant from, Instant to);

    /** Most rows that the buffer holds before it wraps. */
    int capacity(Meter meter);

    /** Capture period, seconds; 0 if rows are captured on other grounds. */
    int period(Meter meter);
}
