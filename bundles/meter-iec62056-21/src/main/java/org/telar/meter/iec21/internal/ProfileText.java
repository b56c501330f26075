package org.telar.meter.iec21.internal;

import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.telar.meter.iec21.internal.DataSet.SyntaxException;
import org.telar.meter.iec21.internal.DataSet.Value;

/**
 * Reads the answer to a profile command: headers {@code P.01(ZST)(status)(period)(n)(code)(unit)...} and behind each
 * its rows of n values, the first of which ends at the header's stamp and each next one a period later (IEC 62056-21
 * Annex C). A header holds until the next one; a meter writes one when a status comes or goes, when the time changes,
 * and after a gap.
 */
final class ProfileText {
    private static final int MAX_CHANNELS = 64;
    private static final int FIXED = 4;
    private static final int MAX_ROWS = 600_000;
    private static final Duration DAY = Duration.ofDays(1);

    private final MeterTime time;
    private final int groupB;
    private final List<Segment> segments = new ArrayList<>();
    private Instant previous = Instant.MIN;
    private Header header;
    private List<Segment.Row> rows = new ArrayList<>();
    private int count;

    private record Header(
            MeterTime.Stamp stamp, long raw, Duration period, int width, List<Segment.Channel> channels) {}

    private ProfileText(MeterTime time, int groupB) {
        this.time = time;
        this.groupB = groupB;
    }

    /**
     * Reads an answer.
     *
     * @param profile code of the profile, {@code P.01}
     * @throws SyntaxException when it is not of this form, or rows do not match their header
     */
    static List<Segment> parse(String answer, String profile, MeterTime time, int groupB) throws SyntaxException {
        ProfileText reader = new ProfileText(time, groupB);
        Code wanted = Code.parse(profile, groupB);
        try {
            for (DataSet set : DataSet.parse(answer)) {
                if (set.id().isEmpty()) {
                    reader.rows(set.values());
                } else if (Code.tryParse(set.id(), groupB)
                        .filter(wanted::sameQuantity)
                        .isPresent()) {
                    reader.header(set.values());
                } else {
                    throw new SyntaxException("expected " + profile + " or a row, got a data set of another object");
                }
            }
        } catch (IllegalArgumentException e) {
            throw new SyntaxException(e.getMessage());
        }
        reader.endSegment();
        return reader.segments;
    }

    private void header(List<Value> values) throws SyntaxException {
        if (values.size() == 1 && values.get(0).text().isEmpty()) {
            // P.01(): the meter holds nothing in the range.
            return;
        }
        if (values.size() < FIXED) {
            throw new SyntaxException("a profile header has at least " + FIXED + " values, got " + values.size());
        }
        endSegment();
        int width = number(values.get(3).text(), "number of channels", MAX_CHANNELS);
        if (width == 0 || values.size() < FIXED + 2 * width) {
            throw new SyntaxException("a header of " + width + " channels has " + values.size() + " values");
        }
        MeterTime.Stamp stamp = time.parse(values.get(0).text(), previous);
        header = new Header(stamp, status(values.get(1).text()), period(values.get(2)), width, channels(values, width));
        rows(values.subList(FIXED + 2 * width, values.size()));
    }

    private void rows(List<Value> values) throws SyntaxException {
        if (values.isEmpty()) {
            return;
        }
        if (header == null) {
            throw new SyntaxException("a row stands before the first header");
        }
        if (values.size() % header.width() != 0) {
            throw new SyntaxException(
                    "a row has " + values.size() + " values where " + header.width() + " channels are announced");
        }
        for (int at = 0; at < values.size(); at += header.width()) {
            if (++count > MAX_ROWS) {
                throw new SyntaxException("more than " + MAX_ROWS + " rows");
            }
            List<String> cells = new ArrayList<>();
            for (Value v : values.subList(at, at + header.width())) {
                cells.add(v.text());
            }
            Instant end = stampOf(rows.size());
            rows.add(new Segment.Row(
                    end, EdisStatus.translate(header.raw(), header.stamp().summer()), cells));
            previous = end;
        }
    }

    /** Rows of a day follow the civil day, which has 23, 24 or 25 hours; shorter periods simply elapse (D5). */
    private Instant stampOf(int row) {
        Instant first = header.stamp().at();
        if (header.period().compareTo(DAY) >= 0 && time.convention() == MeterTime.Convention.LOCAL) {
            ZonedDateTime local = first.atZone(time.zone());
            return local.plusDays(header.period().toDays() * row).toInstant();
        }
        return first.plus(header.period().multipliedBy(row));
    }

    private void endSegment() {
        if (header != null && !rows.isEmpty()) {
            segments.add(new Segment(header.period(), header.channels(), rows));
        }
        rows = new ArrayList<>();
    }

    /**
     * Columns that are quantities. One without a unit that repeats the code before it holds when that one occurred, as
     * in the lists of DSMR meters; other texts (identity, flags) are no quantities.
     */
    private List<Segment.Channel> channels(List<Value> header, int width) {
        List<Segment.Channel> channels = new ArrayList<>();
        for (int i = 0; i < width; i++) {
            String symbol = header.get(FIXED + 2 * i + 1).text();
            Optional<Code> code = Code.tryParse(header.get(FIXED + 2 * i).text(), groupB);
            if (code.isEmpty()) {
                continue;
            }
            int last = channels.size() - 1;
            if (symbol.isEmpty()
                    && last >= 0
                    && channels.get(last).obis().equals(code.get().obis())) {
                Segment.Channel owner = channels.get(last);
                channels.set(last, new Segment.Channel(owner.obis(), owner.symbol(), i, owner.position()));
            } else if (!symbol.isEmpty()) {
                channels.add(new Segment.Channel(code.get().obis(), symbol, -1, i));
            }
        }
        return channels;
    }

    private static long status(String hex) throws SyntaxException {
        if (!hex.matches("[0-9A-Fa-f]{1,8}")) {
            throw new SyntaxException("a status has 1 to 8 hexadecimal digits");
        }
        return Long.parseLong(hex, 16);
    }

    /** Minutes, unless the unit says seconds. */
    private static Duration period(Value value) throws SyntaxException {
        int n = number(value.text(), "capture period", 86_400);
        Duration period = value.unit().equals("s") ? Duration.ofSeconds(n) : Duration.ofMinutes(n);
        if (period.isZero() || period.compareTo(DAY) > 0) {
            throw new SyntaxException("a capture period of " + period + ", expected 1 s to 1 day");
        }
        return period;
    }

    private static int number(String text, String what, int most) throws SyntaxException {
        if (text.matches("\\d{1,6}")) {
            int n = Integer.parseInt(text);
            if (n <= most) {
                return n;
            }
        }
        throw new SyntaxException("the " + what + " is a number up to " + most);
    }
}
