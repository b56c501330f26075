package org.telar.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The APDUs of reads of a meter-day as {@code meter-day} saw them on the wire, in the form that {@code island} plays on a
 * modelled medium: {@value #HEADER}; bytes of request and response, wrapper header included, exchanges in order.
 */
final class MeterDayRecording {
    static final String HEADER = "mode,source,rows,up,down";

    private static final String ABOUT = """
            # One meter-day, APDU by APDU: bytes of request and response on the TCP socket, wrapper header included.
            # Written by the benchmark meter-day: the product's driver, jDLMS as it comes for "usual", the meter simulator.
            # mode: usual = attribute by attribute, capture objects, range and scaler each time, PDU 1024; list = GET-with-list;
            #   compact = the same from a meter with compact arrays of u16 increments; order = six registers now;
            #   "next" = a further slice of the same visit: profile and clock alone.""";

    private final List<String> lines = new ArrayList<>();

    /** Takes the exchanges of one read. A request without an answer counts with an empty one. */
    void add(String mode, int rows, MeterTap.Count count) {
        for (int i = 0; i < count.up().size(); i++) {
            int down = i < count.down().size() ? count.down().get(i) : 0;
            lines.add(mode + ",recorded," + rows + "," + count.up().get(i) + "," + down);
        }
    }

    void write(Path file) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.writeString(file, ABOUT + "\n" + HEADER + "\n" + String.join("\n", lines) + "\n");
    }
}
