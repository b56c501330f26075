package org.telar.simulator.fleet;

import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;

import org.telar.simulator.energy.Consumption;
import org.telar.simulator.energy.DayCache;

/** All meters, by number and by address. Two meters can swap addresses (D1). Thread safe. */
public final class Fleet {
    private static final int FIRST_WRAPPER_ID = 1000;
    private static final int FIRST_PHYSICAL = 17;
    private static final int CACHED_DAYS = 3000;

    private record Address(Medium medium, int line, int id) {}

    private final Map<Integer, Meter> byNumber = new LinkedHashMap<>();
    private final Map<Address, Meter> byAddress = new ConcurrentHashMap<>();

    private Fleet() {}

    /** Builds the fleet of a seed. */
    public static Fleet build(FleetSettings settings, Clock clock) {
        Fleet fleet = new Fleet();
        DayCache cache = new DayCache(CACHED_DAYS);
        int first = 30_000_000 + (int) Math.floorMod(settings.seed(), 6000L) * 10_000;
        List<MeterModel> models = shuffled(settings.models(), settings);
        int index = 0;
        for (Map.Entry<Medium, Integer> part :
                Shares.split(settings.media(), settings.meters()).entrySet()) {
            int lines = lines(part.getKey(), part.getValue(), settings.lineSize());
            for (int i = 0; i < part.getValue(); i++, index++) {
                int number = first + index + 1;
                MeterSpec spec = spec(settings, part.getKey(), number, models.get(index), i, lines);
                Consumption used = new Consumption(
                        settings.seed(), number, settings.zone(), spec.model().unitsPerWh(), cache);
                fleet.add(new Meter(spec, settings, used, clock));
            }
        }
        for (int i = 0; i < settings.iec21(); i++, index++) {
            MeterSpec spec = thirdParty(settings, first + index + 1, i % 2 == 0 ? MeterModel.E : MeterModel.F);
            Consumption used = new Consumption(
                    settings.seed(),
                    spec.number(),
                    settings.zone(),
                    spec.model().unitsPerWh(),
                    cache);
            fleet.add(new Meter(spec, settings, used, clock));
        }
        return fleet;
    }

    private static MeterSpec thirdParty(FleetSettings settings, int number, MeterModel model) {
        String link = "tcp://127.0.0.1:" + (settings.portBase() + FleetSettings.IEC21_PORT);
        Credentials credentials = Credentials.of(settings.seed(), model, number);
        return new MeterSpec(number, model, Medium.IEC21, link, 0, 0, 0, credentials);
    }

    private static int lines(Medium medium, int meters, int lineSize) {
        int wanted = (meters + lineSize - 1) / lineSize;
        return switch (medium) {
            case WRAPPER -> 1;
            case HDLC_TCP -> Math.min(wanted, FleetSettings.MAX_TCP_LINES);
            case PTY -> Math.min(wanted, FleetSettings.MAX_PTY_LINES);
            case IEC21 -> throw new IllegalArgumentException("iec21 meters are not part of the mix");
        };
    }

    private static List<MeterModel> shuffled(Map<MeterModel, Integer> shares, FleetSettings settings) {
        List<MeterModel> models = new ArrayList<>();
        Shares.split(shares, settings.meters()).forEach((model, n) -> models.addAll(Collections.nCopies(n, model)));
        Collections.shuffle(models, new Random(settings.seed()));
        return models;
    }

    private static MeterSpec spec(
            FleetSettings settings, Medium medium, int number, MeterModel model, int index, int lines) {
        Credentials credentials = Credentials.of(settings.seed(), model, number);
        // Round robin: lines are equally long, and the first meters are not all on the first line.
        int line = index % lines;
        int place = index / lines;
        return switch (medium) {
            case WRAPPER ->
                new MeterSpec(
                        number,
                        model,
                        medium,
                        "tcp://127.0.0.1:" + (settings.portBase() + 1),
                        FIRST_WRAPPER_ID + index,
                        0,
                        0,
                        credentials);
            case HDLC_TCP ->
                new MeterSpec(
                        number,
                        model,
                        medium,
                        "tcp://127.0.0.1:" + (settings.portBase() + 2 + line),
                        0,
                        FIRST_PHYSICAL + place,
                        line + 1,
                        credentials);
            case PTY ->
                new MeterSpec(
                        number,
                        model,
                        medium,
                        "serial:" + settings.data().toAbsolutePath().resolve("line-" + (line + 1)),
                        0,
                        FIRST_PHYSICAL + place,
                        line + 1,
                        credentials);
            case IEC21 -> thirdParty(settings, number, model);
        };
    }

    private void add(Meter meter) {
        byNumber.put(meter.spec().number(), meter);
        byAddress.put(address(meter.spec()), meter);
    }

    private static Address address(MeterSpec spec) {
        int id =
                switch (spec.medium()) {
                    case WRAPPER -> spec.wrapperId();
                    case HDLC_TCP, PTY -> spec.hdlcPhysical();
                    case IEC21 -> spec.number();
                };
        return new Address(spec.medium(), spec.line(), id);
    }

    /** All meters, by ascending number. */
    public Collection<Meter> meters() {
        return Collections.unmodifiableCollection(byNumber.values());
    }

    /** The meter with this number. */
    public Optional<Meter> meter(int number) {
        return Optional.ofNullable(byNumber.get(number));
    }

    /** The meter that answers at an address now; line is 0 and id the wrapper port on the wrapper, and 0 and the number by radio. */
    public Optional<Meter> at(Medium medium, int line, int id) {
        return Optional.ofNullable(byAddress.get(new Address(medium, line, id)));
    }

    /** Lines of a medium that have meters, 1 to n. */
    public int lines(Medium medium) {
        return byNumber.values().stream()
                .filter(m -> m.spec().medium() == medium)
                .mapToInt(m -> m.spec().line())
                .max()
                .orElse(0);
    }

    /** Two meters change places: from now on each answers where the other did (D1). */
    public synchronized void swap(Meter a, Meter b) {
        Address first = addressNow(a);
        Address second = addressNow(b);
        byAddress.put(first, b);
        byAddress.put(second, a);
    }

    private Address addressNow(Meter meter) {
        return byAddress.entrySet().stream()
                .filter(e -> e.getValue() == meter)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow(
                        () -> new IllegalStateException("meter " + meter.spec().number() + " has no address"));
    }
}
