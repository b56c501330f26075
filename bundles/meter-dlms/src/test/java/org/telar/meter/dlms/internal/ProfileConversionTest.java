package org.telar.meter.dlms.internal;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.openmuc.jdlms.datatypes.CompactArray;
import org.openmuc.jdlms.datatypes.CompactArray.TypeDesc;
import org.openmuc.jdlms.datatypes.DataObject;
import org.telar.api.model.Column;
import org.telar.api.model.Obis;
import org.telar.api.model.OffGridRow;
import org.telar.api.model.ProfileBlock;
import org.telar.api.model.RegisterKind;
import org.telar.api.model.RegisterSet;
import org.telar.api.model.RegisterValue;
import org.telar.api.model.TimeRange;
import org.telar.api.model.Unit;
import org.telar.meter.dlms.internal.ProfileBuilder.Stamp;
import org.telar.meter.dlms.internal.RowDecoder.ShapeChanged;
import org.telar.meter.dlms.internal.TimeRule.Deviation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** From the rows of a meter to blocks on the grid: nothing lost, nothing invented (D4, D5, D7, D18). */
class ProfileConversionTest {
    private static final ZoneId CHILE = ZoneId.of("America/Santiago");
    private static final TimeRule RULE = new TimeRule(Deviation.NORMAL, CHILE);
    private static final Duration QUARTER = Duration.ofMinutes(15);
    private static final Obis IMPORT = Obis.parse("1.0.1.29.0.255");
    private static final Unit WH = new Unit(-1, Unit.WATT_HOUR);
    private static final ProfileShape SHAPE = new ProfileShape(
            Obis.LOAD_PROFILE,
            QUARTER,
            4320,
            List.of(
                    new Capture(8, Obis.CLOCK, 2, 0, Optional.empty()),
                    new Capture(1, Obis.parse("0.0.96.10.1.255"), 2, 0, Optional.empty()),
                    new Capture(3, IMPORT, 2, 0, Optional.of(WH))));
    private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");

    private static DataObject stamp(Instant at) {
        return DataObject.newOctetStringData(RULE.local(at).encoded());
    }

    private static DataObject row(DataObject stamp, int status, long value) {
        return DataObject.newStructureData(
                stamp, DataObject.newUInteger8Data((short) status), DataObject.newUInteger32Data(value));
    }

    private static DataObject nulls() {
        return DataObject.newStructureData(
                DataObject.newNullData(), DataObject.newNullData(), DataObject.newNullData());
    }

    private static List<Row> rows(DataObject... rows) throws Exception {
        return new RowDecoder(SHAPE, RULE).rows(DataObject.newArrayData(List.of(rows)));
    }

    private static ProfileBlock build(Stamp stamp, Instant clock, TimeRange range, List<Row> rows) throws Exception {
        return new ProfileBuilder(SHAPE, stamp, RULE, clock).build(range, rows);
    }

    private static TimeRange hour() {
        return new TimeRange(NOON, NOON.plusSeconds(3600));
    }

    @Test
    @DisplayName("D7: null-data repeats the row before, the clock moves on by one period")
    void nullData() throws Exception {
        List<Row> rows = rows(row(stamp(NOON.plus(QUARTER)), 8, 42), nulls(), nulls());
        ProfileBlock block = build(Stamp.END, NOON.plusSeconds(36_000), hour(), rows);
        assertThat(block.columns().get(0).values()).containsExactly(42, 42, 42, Column.ABSENT);
        assertThat(block.status()).containsExactly(8, 8, 8, ProfileBlock.MISSING);
        assertThatThrownBy(() -> rows(nulls())).as("nothing to repeat").isInstanceOf(LinkException.class);
    }

    @Test
    @DisplayName("D4: a slot is missing only if it ended before the clock and within the buffer, else it was not read")
    void missingOrNotRead() throws Exception {
        List<Row> rows = rows(row(stamp(NOON.plus(QUARTER)), 0, 1));
        assertThat(build(Stamp.END, NOON.plusSeconds(2 * 900 + 100), hour(), rows)
                        .status())
                .containsExactly(0, ProfileBlock.MISSING, ProfileBlock.NOT_READ, ProfileBlock.NOT_READ);
        assertThat(build(Stamp.END, NOON.plusSeconds(2 * 900 + 5), hour(), rows).status())
                .as("five seconds after the interval's end the row may still come")
                .containsExactly(0, ProfileBlock.NOT_READ, ProfileBlock.NOT_READ, ProfileBlock.NOT_READ);
        Instant muchLater = NOON.plus(Duration.ofDays(45)).plus(QUARTER.multipliedBy(2));
        assertThat(build(Stamp.END, muchLater, hour(), List.of()).status())
                .as("overwritten since")
                .containsExactly(
                        ProfileBlock.NOT_READ, ProfileBlock.NOT_READ, ProfileBlock.MISSING, ProfileBlock.MISSING);
    }

    @Test
    @DisplayName("D4: rows off the grid and a second row in a slot keep their own time")
    void offGrid() throws Exception {
        Instant cut = NOON.plusSeconds(1_234);
        List<Row> rows = rows(
                row(stamp(NOON.plus(QUARTER)), 0, 1),
                row(stamp(cut), 0x80, 2),
                row(stamp(NOON.plus(QUARTER)), 0x20, 3));
        ProfileBlock block = build(Stamp.END, NOON.plusSeconds(7200), hour(), rows);
        assertThat(block.columns().get(0).values()[0]).isEqualTo(1);
        assertThat(block.offGrid())
                .containsExactly(
                        new OffGridRow(NOON.plus(QUARTER), 0x20, new long[] {3}),
                        new OffGridRow(cut, 0x80, new long[] {2}));
    }

    @Test
    @DisplayName("D3: rows stamped at the start are moved to the end; the block never leaves the asked range")
    void stampedAtStart() throws Exception {
        List<Row> rows = rows(
                row(stamp(NOON.minus(QUARTER)), 0, 7), row(stamp(NOON), 0, 1), row(stamp(NOON.plus(QUARTER)), 0, 2));
        ProfileBlock block = build(Stamp.START, NOON.plusSeconds(7200), hour(), rows);
        assertThat(block.firstEnd()).isEqualTo(NOON.plus(QUARTER));
        assertThat(block.columns().get(0).values()).startsWith(1, 2);
        assertThat(block.slots()).isEqualTo(4);
        assertThat(block.offGrid()).isEmpty();
    }

    @Test
    @DisplayName("D5: 2026-04-04 in Chile has 100 quarters, 2026-09-06 has 92, each with its own row")
    void longAndShortDays() throws Exception {
        for (String[] day : new String[][] {
            {"2026-04-04T03:00:00Z", "2026-04-05T04:00:00Z", "100"},
            {"2026-09-06T04:00:00Z", "2026-09-07T03:00:00Z", "92"}
        }) {
            TimeRange range = new TimeRange(Instant.parse(day[0]), Instant.parse(day[1]));
            List<DataObject> meter = new ArrayList<>();
            for (Instant end = range.from().plus(QUARTER); range.contains(end); end = end.plus(QUARTER)) {
                meter.add(row(stamp(end), 0, end.getEpochSecond()));
            }
            ProfileBlock block =
                    build(Stamp.END, range.to().plusSeconds(7200), range, rows(meter.toArray(new DataObject[0])));
            assertThat(block.slots()).isEqualTo(Integer.parseInt(day[2]));
            for (int i = 0; i < block.slots(); i++) {
                assertThat(block.columns().get(0).values()[i])
                        .isEqualTo(block.endOf(i).getEpochSecond());
            }
        }
    }

    @Property(tries = 200)
    @Label("D4: every row of the range is in the block once, on the grid or beside it, whatever the meter sends")
    void nothingLost(@ForAll @Size(max = 60) List<@IntRange(max = 7_200) Integer> offsets) throws Exception {
        List<DataObject> meter = new ArrayList<>();
        for (int i = 0; i < offsets.size(); i++) {
            int seconds = offsets.get(i) % 3 == 0 ? offsets.get(i) : offsets.get(i) / 900 * 900;
            meter.add(row(stamp(NOON.plusSeconds(seconds)), 0, i + 1));
        }
        List<Row> rows = rows(meter.toArray(new DataObject[0]));
        ProfileBlock block = build(Stamp.END, NOON.plusSeconds(9000), hour(), rows);
        List<Long> out = new ArrayList<>();
        for (long v : block.columns().get(0).values()) {
            if (v != Column.ABSENT) {
                out.add(v);
            }
        }
        block.offGrid().forEach(r -> out.add(r.values()[0]));
        List<Long> in = rows.stream()
                .filter(r -> hour().contains(r.stamp()))
                .map(r -> r.values()[0])
                .toList();
        assertThat(out).containsExactlyInAnyOrderElementsOf(in);
    }

    @Test
    @DisplayName("a row of another shape is noticed, so that the model is learned again")
    void shapeChanged() {
        DataObject longer = DataObject.newStructureData(
                stamp(NOON),
                DataObject.newUInteger8Data((short) 0),
                DataObject.newUInteger32Data(1),
                DataObject.newUInteger32Data(2));
        assertThatThrownBy(() -> rows(longer)).isInstanceOf(ShapeChanged.class);
        DataObject other = DataObject.newStructureData(
                DataObject.newUInteger32Data(1), stamp(NOON), DataObject.newUInteger32Data(2));
        assertThatThrownBy(() -> rows(other)).isInstanceOf(ShapeChanged.class);
    }

    @Test
    @DisplayName("IEC 62056-53 §8.3: a compact array of {clock, u8, u16} is expanded as its type says")
    void compactArray() throws Exception {
        TypeDesc type = new TypeDesc(
                List.of(
                        new TypeDesc(TypeDesc.Type.OCTET_STRING),
                        new TypeDesc(TypeDesc.Type.UNSIGNED),
                        new TypeDesc(TypeDesc.Type.LONG_UNSIGNED)),
                TypeDesc.Type.STRUCTURE);
        byte[] contents = new byte[2 * 16];
        for (int i = 0; i < 2; i++) {
            contents[i * 16] = 12;
            byte[] time = RULE.local(NOON.plus(QUARTER.multipliedBy(i + 1))).encoded();
            System.arraycopy(time, 0, contents, i * 16 + 1, 12);
            contents[i * 16 + 14] = (byte) 0xFF;
            contents[i * 16 + 15] = (byte) i;
        }
        DataObject buffer = DataObject.newCompactArrayData(new CompactArray(type, contents));
        ProfileBlock block = build(Stamp.END, NOON.plusSeconds(7200), hour(), new RowDecoder(SHAPE, RULE).rows(buffer));
        assertThat(block.columns().get(0).values()).startsWith(0xFF00, 0xFF01);

        byte[] cut = java.util.Arrays.copyOf(contents, 30);
        DataObject broken = DataObject.newCompactArrayData(new CompactArray(type, cut));
        assertThatThrownBy(() -> new RowDecoder(SHAPE, RULE).rows(broken)).isInstanceOf(LinkException.class);
    }

    private static DataObject compact(TypeDesc.Type stamp, int rows, byte[] head) {
        TypeDesc type = new TypeDesc(
                List.of(
                        new TypeDesc(stamp),
                        new TypeDesc(TypeDesc.Type.UNSIGNED),
                        new TypeDesc(TypeDesc.Type.LONG_UNSIGNED)),
                TypeDesc.Type.STRUCTURE);
        ByteArrayOutputStream contents = new ByteArrayOutputStream();
        for (int i = 0; i < rows; i++) {
            if (stamp == TypeDesc.Type.OCTET_STRING) {
                byte[] time = i == 0 ? head : new byte[0];
                contents.write(time.length);
                contents.writeBytes(time);
            }
            contents.writeBytes(new byte[] {0, 0, (byte) i});
        }
        return DataObject.newCompactArrayData(new CompactArray(type, contents.toByteArray()));
    }

    @Test
    @DisplayName("D7: an empty clock in a compact array follows from the row before")
    void emptyClockFollows() throws Exception {
        DataObject buffer = compact(
                TypeDesc.Type.OCTET_STRING, 3, RULE.local(NOON.plus(QUARTER)).encoded());
        assertThat(new RowDecoder(SHAPE, RULE).rows(buffer))
                .extracting(Row::stamp)
                .containsExactly(NOON.plusSeconds(900), NOON.plusSeconds(1800), NOON.plusSeconds(2700));
    }

    @Test
    @DisplayName("D4 D7: rows without clocks are counted off only where they fill the range exactly")
    void countedOff() throws Exception {
        Optional<TimeRange> asked = Optional.of(new TimeRange(NOON.minusSeconds(1), NOON.plusSeconds(2700)));
        assertThat(new RowDecoder(SHAPE, RULE, asked).rows(compact(TypeDesc.Type.NULL_DATA, 4, new byte[0])))
                .extracting(Row::stamp)
                .containsExactly(NOON, NOON.plusSeconds(900), NOON.plusSeconds(1800), NOON.plusSeconds(2700));
        for (int rows : new int[] {3, 5}) {
            DataObject buffer = compact(TypeDesc.Type.NULL_DATA, rows, new byte[0]);
            assertThatThrownBy(() -> new RowDecoder(SHAPE, RULE, asked).rows(buffer))
                    .isInstanceOf(LinkException.class)
                    .hasMessageContaining("do not fill");
            assertThatThrownBy(() -> new RowDecoder(SHAPE, RULE).rows(buffer)).isInstanceOf(LinkException.class);
        }
    }

    @Test
    @DisplayName("D18: maximum demand carries the time of the column beside it; a missing time is none")
    void demand() throws Exception {
        Obis demand = Obis.parse("1.0.1.6.0.255");
        ProfileShape closing = new ProfileShape(
                Obis.DAILY_CLOSING,
                Duration.ofDays(1),
                90,
                List.of(
                        new Capture(8, Obis.CLOCK, 2, 0, Optional.empty()),
                        new Capture(4, demand, 2, 0, Optional.of(new Unit(0, Unit.WATT))),
                        new Capture(4, demand, 5, 0, Optional.empty())));
        assertThat(ProfileShape.parse(closing.text())).contains(closing);
        Instant midnight = Instant.parse("2026-09-06T04:00:00Z");
        DataObject buffer = DataObject.newArrayData(List.of(
                DataObject.newStructureData(
                        stamp(midnight), DataObject.newUInteger32Data(5000), stamp(midnight.minusSeconds(7200))),
                DataObject.newStructureData(
                        stamp(midnight.plusSeconds(86_400)),
                        DataObject.newUInteger32Data(6000),
                        DataObject.newOctetStringData(new byte[12]))));
        List<RegisterSet> sets = new ClosingBuilder(RegisterKind.DAILY, closing)
                .build(
                        new TimeRange(midnight.minusSeconds(1), midnight.plusSeconds(86_400)),
                        new RowDecoder(closing, RULE).rows(buffer));
        assertThat(sets).extracting(RegisterSet::stamp).containsExactly(midnight, midnight.plusSeconds(86_400));
        assertThat(sets.get(0).values())
                .containsExactly(new RegisterValue(
                        demand, new Unit(0, Unit.WATT), 5000, Optional.of(midnight.minusSeconds(7200))));
        assertThat(sets.get(1).values().get(0).occurredAt()).isEmpty();
    }
}
