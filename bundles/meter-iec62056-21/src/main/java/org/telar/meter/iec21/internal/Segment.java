package org.telar.meter.iec21.internal;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

import org.telar.api.model.Obis;

/**
 * The rows behind one header of a profile.
 *
 * @param period as the header says
 * @param channels what the rows hold
 * @param rows in the meter's order
 */
record Segment(Duration period, List<Channel> channels, List<Row> rows) {
    /**
     * A captured quantity.
     *
     * @param obis in full
     * @param symbol unit of the header, such as {@code kWh}, may be empty
     * @param time position of the column that holds when it occurred (D18), -1 if there is none
     * @param position of its value in a row
     */
    record Channel(Obis obis, String symbol, int time, int position) {}

    /**
     * A row.
     *
     * @param end UTC end of the interval
     * @param status see {@link EdisStatus}
     * @param cells texts, in the header's order
     */
    record Row(Instant end, int status, List<String> cells) {
        Row {
            cells = List.copyOf(cells);
        }

        Optional<Quantity> value(Channel channel) {
            return Quantity.parse(cells.get(channel.position()));
        }
    }

    Segment {
        channels = List.copyOf(channels);
        rows = List.copyOf(rows);
    }

    /** True when both may stand in one block (D4). */
    boolean sameShape(Segment other) {
        return period.equals(other.period) && channels.equals(other.channels);
    }
}
