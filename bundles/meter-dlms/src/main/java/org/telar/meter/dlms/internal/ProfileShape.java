package org.telar.meter.dlms.internal;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.telar.api.model.Obis;
import org.telar.api.model.Unit;
import org.telar.meter.dlms.internal.Capture.Role;

/**
 * What one profile of a model looks like.
 *
 * @param profile logical name
 * @param period capture period; zero for a profile that is captured by an event or script
 * @param entries how many rows the buffer holds
 * @param columns captured objects in the order of a row
 */
record ProfileShape(Obis profile, Duration period, long entries, List<Capture> columns) {
    private static final String VERSION = "1";

    ProfileShape {
        columns = List.copyOf(columns);
    }

    int column(Role role) {
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).role() == role) {
                return i;
            }
        }
        return -1;
    }

    List<Integer> columnsOf(Role role) {
        List<Integer> found = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).role() == role) {
                found.add(i);
            }
        }
        return found;
    }

    /** The first boundary of capture periods after an instant; they follow local time, which matters for an hour. */
    Instant gridAfter(Instant after, ZoneId zone) {
        long seconds = period.toSeconds();
        long offset = zone.getRules().getOffset(after).getTotalSeconds();
        long local = after.getEpochSecond() + offset;
        return Instant.ofEpochSecond(Math.floorDiv(local, seconds) * seconds + seconds - offset);
    }

    /** What is different of another shape, in words. */
    String differenceTo(ProfileShape other) {
        if (!period.equals(other.period)) {
            return "its capture period is " + other.period.toSeconds() + " s, not " + period.toSeconds() + " s";
        }
        List<Obis> objects = columns.stream().map(Capture::object).toList();
        List<Obis> others = other.columns.stream().map(Capture::object).toList();
        return objects.equals(others)
                ? "attributes, scalers or its size differ"
                : "it captures " + others + ", not " + objects;
    }

    /** One line for {@code ModelMemory}. */
    String text() {
        StringBuilder out = new StringBuilder(VERSION);
        out.append('|')
                .append(profile)
                .append('|')
                .append(period.toSeconds())
                .append('|')
                .append(entries);
        for (Capture c : columns) {
            out.append('|').append(c.classId()).append(',').append(c.object());
            out.append(',').append(c.attribute()).append(',').append(c.index());
            c.unit()
                    .ifPresent(
                            u -> out.append(',').append(u.scaler()).append(',').append(u.code()));
        }
        return out.toString();
    }

    /** Empty when the text is of another version or damaged: then it is learned again. */
    static Optional<ProfileShape> parse(String text) {
        try {
            String[] parts = text.split("\\|");
            if (parts.length < 5 || !parts[0].equals(VERSION)) {
                return Optional.empty();
            }
            List<Capture> columns = new ArrayList<>();
            for (int i = 4; i < parts.length; i++) {
                columns.add(column(parts[i].split(",")));
            }
            Duration period = Duration.ofSeconds(Long.parseLong(parts[2]));
            return Optional.of(new ProfileShape(Obis.parse(parts[1]), period, Long.parseLong(parts[3]), columns));
        } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException damaged) {
            return Optional.empty();
        }
    }

    private static Capture column(String[] f) {
        Optional<Unit> unit =
                f.length > 4 ? Optional.of(new Unit(Integer.parseInt(f[4]), Integer.parseInt(f[5]))) : Optional.empty();
        return new Capture(
                Integer.parseInt(f[0]), Obis.parse(f[1]), Integer.parseInt(f[2]), Integer.parseInt(f[3]), unit);
    }
}
