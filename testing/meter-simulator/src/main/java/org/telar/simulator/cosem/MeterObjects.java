package org.telar.simulator.cosem;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.util.ArrayList;
import java.util.List;

import gurux.dlms.enums.ErrorCode;
import org.telar.simulator.energy.Channel;
import org.telar.simulator.energy.Consumption;
import org.telar.simulator.energy.Peak;
import org.telar.simulator.fleet.FaultKind;
import org.telar.simulator.fleet.Meter;
import org.telar.simulator.fleet.MeterModel;

/** Every object that a meter has, profiles apart: {@link Profiles} adds those. */
final class MeterObjects {
    static final String LOGICAL_DEVICE_NAME = "0.0.42.0.0.255";
    static final String INVOCATION_COUNTER = "0.0.43.1.0.255";
    static final String ASSOCIATION = "0.0.40.0.0.255";
    static final String CLOCK = "0.0.1.0.0.255";
    static final String PROFILE_STATUS = "0.0.96.10.1.255";
    static final String MAXIMUM_DEMAND = "1.0.1.6.0.255";
    static final String CUMULATIVE_DEMAND = "1.0.1.2.0.255";
    static final String EVENT_CODE = "0.0.96.11.0.255";
    static final int MANAGEMENT_SAP = 1;
    static final int TARIFFS = 4;

    static final int DATA = 1;
    static final int REGISTER = 3;
    static final int EXTENDED_REGISTER = 4;
    static final int CLOCK_CLASS = 8;

    private static final int WATT_HOUR = 30;
    private static final int VAR_HOUR = 32;
    private static final int WATT = 27;
    private static final int AMPERE = 33;
    private static final int VOLT = 35;
    private static final int UNSPECIFIED = 0xFF;
    private static final int MINUTES_OF_DAYLIGHT_SAVING = 60;

    private MeterObjects() {}

    static List<CosemObject> of(MeterModel model) {
        List<CosemObject> objects = new ArrayList<>();
        objects.add(clock(model));
        objects.add(data(LOGICAL_DEVICE_NAME, (m, s, out) -> out.text(m.spec().identity())));
        objects.add(data("0.0.96.1.0.255", (m, s, out) -> out.text(m.spec().serial())));
        objects.add(data("1.0.0.2.0.255", (m, s, out) -> out.text(model.firmware())));
        objects.add(data(INVOCATION_COUNTER, (m, s, out) -> out.uint32(m.acceptedCounter(MANAGEMENT_SAP))));
        objects.add(data("0.0.97.97.0.255", (m, s, out) -> out.uint32(m.statusWord())));
        objects.add(data("0.0.97.98.0.255", (m, s, out) -> out.uint32(m.alarmWord()))
                .set(2, (m, value) -> m.alarmWord(((Number) value).longValue())));
        objects.add(data(PROFILE_STATUS, (m, s, out) -> out.uint8(Profiles.lastStatus(m))));
        objects.add(data(EVENT_CODE, (m, s, out) -> out.uint8(0)));
        registers(model, objects);
        instantaneous(model, objects);
        objects.addAll(Profiles.of(model));
        return objects;
    }

    private static CosemObject data(String obis, CosemObject.Getter value) {
        return new CosemObject(DATA, 0, obis).get(2, value);
    }

    private static void registers(MeterModel model, List<CosemObject> objects) {
        for (Channel channel : Channel.values()) {
            int unit = channel.reactive() ? VAR_HOUR : WATT_HOUR;
            objects.add(register(
                    model, channel.obis(false), unit, (m, s, out) -> out.uint32(m.registerAt(channel, m.now()))));
            objects.add(register(
                    model,
                    channel.obis(true),
                    unit,
                    (m, s, out) -> out.uint32(m.consumption().increment(channel, Consumption.slotOf(m.now()) - 1))));
        }
        for (int tariff = 1; tariff <= TARIFFS; tariff++) {
            int number = tariff;
            objects.add(register(
                    model, tariffObis(tariff), WATT_HOUR, (m, s, out) -> out.uint32(m.tariffAt(number, m.now()))));
        }
        objects.add(register(
                model,
                CUMULATIVE_DEMAND,
                WATT,
                (m, s, out) -> out.uint32(m.consumption().cumulativeDemand(m.now()))));
        objects.add(new CosemObject(EXTENDED_REGISTER, 0, MAXIMUM_DEMAND)
                .get(2, (m, s, out) -> out.uint32(peak(m).value()))
                .get(3, (m, s, out) -> scalerUnit(model, WATT, out))
                .get(4, (m, s, out) -> out.uint8(0))
                .get(5, (m, s, out) -> out.octets(time(m, peak(m).at()))));
    }

    /** Power is the mean of the last quarter of an hour; the voltage wanders around 230 V with it. */
    private static void instantaneous(MeterModel model, List<CosemObject> objects) {
        objects.add(register(model, "1.0.1.7.0.255", WATT, (m, s, out) -> out.uint32(power(m))));
        objects.add(scaled("1.0.32.7.0.255", -1, VOLT, (m, s, out) -> out.uint32(voltage(m))));
        objects.add(scaled("1.0.31.7.0.255", -2, AMPERE, (m, s, out) -> out.uint32(current(m))));
    }

    private static long power(Meter meter) {
        return 4 * meter.consumption().increment(Channel.IMPORT, Consumption.slotOf(meter.now()) - 1);
    }

    private static long voltage(Meter meter) {
        return 2_300 - power(meter) % 50;
    }

    private static long current(Meter meter) {
        return power(meter) * 1_000 / voltage(meter);
    }

    private static CosemObject scaled(String obis, int scaler, int unit, CosemObject.Getter value) {
        return new CosemObject(REGISTER, 0, obis)
                .get(2, value)
                .get(3, (m, s, out) -> out.structure(2).int8(scaler).enumeration(unit));
    }

    static String tariffObis(int tariff) {
        return "1.0.1.8." + tariff + ".255";
    }

    private static Peak peak(Meter meter) {
        return meter.consumption().maximumDemand(meter.now());
    }

    private static CosemObject register(MeterModel model, String obis, int unit, CosemObject.Getter value) {
        return new CosemObject(REGISTER, 0, obis).get(2, value).get(3, (m, s, out) -> scalerUnit(model, unit, out));
    }

    private static void scalerUnit(MeterModel model, int unit, Axdr out) {
        out.structure(2).int8(model.scaler()).enumeration(unit);
    }

    static byte[] time(Meter meter, Instant instant) {
        return CosemTime.encode(instant, meter.zone(), meter.spec().model().deviation());
    }

    /** What the clock object shows: the time, unless a fault spoils it (F22). */
    private static byte[] shown(Meter meter) {
        byte[] time = time(meter, meter.now());
        meter.faults().strikes(FaultKind.CLOCK_YEAR).ifPresent(fault -> {
            time[0] = (byte) (fault.value() >> 8);
            time[1] = (byte) fault.value();
            time[4] = (byte) UNSPECIFIED;
        });
        if (meter.faults().strikes(FaultKind.CLOCK_UNDEFINED).isPresent()) {
            return unspecified();
        }
        return time;
    }

    private static byte[] unspecified() {
        byte[] none = new byte[CosemTime.LENGTH];
        java.util.Arrays.fill(none, (byte) UNSPECIFIED);
        none[9] = (byte) 0x80;
        none[10] = 0;
        return none;
    }

    private static CosemObject clock(MeterModel model) {
        return new CosemObject(CLOCK_CLASS, 0, CLOCK)
                .get(2, (m, s, out) -> out.octets(shown(m)))
                .get(3, (m, s, out) -> out.int16(standardDeviation(m)))
                .get(4, (m, s, out) -> out.uint8(CosemTime.daylightSaving(m.now(), m.zone()) ? 0x80 : 0))
                .get(5, (m, s, out) -> out.octets(transition(m, true)))
                .get(6, (m, s, out) -> out.octets(transition(m, false)))
                .get(7, (m, s, out) -> out.int8(MINUTES_OF_DAYLIGHT_SAVING))
                .get(8, (m, s, out) -> out.bool(!m.zone().getRules().isFixedOffset()))
                .get(9, (m, s, out) -> out.enumeration(1))
                .set(2, (m, value) -> m.setClock(CosemTime.decode((byte[]) value, m.zone(), model.deviation())))
                .method(1, (m, value) -> m.setClock(quarter(m.now())))
                .method(
                        3,
                        (m, value) -> m.setClock(
                                Instant.ofEpochSecond(Math.floorDiv(m.now().getEpochSecond() + 30, 60) * 60)))
                .method(6, MeterObjects::shift);
    }

    private static Instant quarter(Instant now) {
        int quarter = Consumption.QUARTER;
        return Instant.ofEpochSecond(Math.floorDiv(now.getEpochSecond() + quarter / 2, quarter) * quarter);
    }

    private static void shift(Meter meter, Object value) throws AccessException {
        int seconds = ((Number) value).intValue();
        if (seconds < -Consumption.QUARTER || seconds > Consumption.QUARTER) {
            throw new AccessException(ErrorCode.ACCESS_VIOLATED);
        }
        meter.setClock(meter.now().plusSeconds(seconds));
    }

    private static int standardDeviation(Meter meter) {
        ZoneOffset offset = meter.zone().getRules().getStandardOffset(meter.now());
        return CosemTime.deviation(offset, meter.spec().model().deviation());
    }

    /** Next change into (or out of) daylight saving, in local time; all unspecified if the zone has none. */
    private static byte[] transition(Meter meter, boolean begin) {
        Instant at = meter.now();
        for (int i = 0; i < 2; i++) {
            ZoneOffsetTransition next = meter.zone().getRules().nextTransition(at);
            if (next == null) {
                break;
            }
            at = next.getInstant();
            if (next.isGap() == begin) {
                return CosemTime.encode(
                        at.minusSeconds(1), meter.zone(), meter.spec().model().deviation());
            }
        }
        return unspecified();
    }
}
