package org.telar.simulator.fleet;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;

import org.telar.simulator.energy.Consumption;
import org.telar.simulator.energy.DayCache;

/** All meters, by number and by address. Two meters can swap addresses (D1). Thread safe. */
public final class Fleet {
    private static final int FIRST_WRAPPER_ID = 1000;
    private static final int FIRST_PHYSICAL = 17;
    private static final int FIRST_NODE = 256;
    private static final int LAST_NODE = 0xFFFF;
    private static final boolean SIX = six();
    private static final int CACHED_DAYS = 3000;

    private record Address(Medium medium, int line, int id) {}

    /** A meter that answers at another one's address, and where it belongs (F27). */
    private record Intrusion(Address at, Address home, boolean collides) {}

    private final Map<Integer, Meter> byNumber = new ConcurrentSkipListMap<>();
    private final Map<Address, Meter> byAddress = new ConcurrentHashMap<>();
    private final Map<Meter, Intrusion> intruders = new ConcurrentHashMap<>();
    private final FleetSettings settings;
    private final Clock clock;
    private final DayCache cache = new DayCache(CACHED_DAYS);

    private Fleet(FleetSettings settings, Clock clock) {
        this.settings = settings;
        this.clock = clock;
    }

    /** Builds the fleet of a seed. */
    public static Fleet build(FleetSettings settings, Clock clock) {
        Fleet fleet = new Fleet(settings, clock);
        int first = 30_000_000 + (int) Math.floorMod(settings.seed(), 6000L) * 10_000;
        List<MeterModel> models = shuffled(settings.models(), settings);
        int index = 0;
        for (Map.Entry<Medium, Integer> part :
                Shares.split(settings.media(), settings.meters()).entrySet()) {
            int lines = lines(part.getKey(), part.getValue(), settings.lineSize());
            for (int i = 0; i < part.getValue(); i++, index++) {
                int number = first + index + 1;
                MeterSpec spec = spec(settings, part.getKey(), number, models.get(index), i, lines);
                fleet.add(fleet.meter(spec, number));
            }
        }
        for (int i = 0; i < settings.iec21(); i++, index++) {
            MeterSpec spec = thirdParty(settings, first + index + 1, i % 2 == 0 ? MeterModel.E : MeterModel.F);
            fleet.add(fleet.meter(spec, spec.number()));
        }
        return fleet;
    }

    private Meter meter(MeterSpec spec, int household) {
        int units = spec.model().unitsPerWh();
        return new Meter(
                spec, settings, new Consumption(settings.seed(), household, settings.zone(), units, cache), clock);
    }

    private static MeterSpec thirdParty(FleetSettings settings, int number, MeterModel model) {
        String link = "tcp://127.0.0.1:" + (settings.portBase() + FleetSettings.IEC21_PORT);
        Credentials credentials = Credentials.of(settings.seed(), model, number);
        return new MeterSpec(number, model, Medium.IEC21, link, 0, 0, 0, credentials);
    }

    private static int lines(Medium medium, int meters, int lineSize) {
        int wanted = (meters + lineSize - 1) / lineSize;
        return switch (medium) {
            case WRAPPER, UDP, GATEWAY, PRIME -> 1;
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
        int base = settings.portBase();
        String tcp = "tcp://127.0.0.1:";
        return switch (medium) {
            case WRAPPER -> addressed(number, model, medium, tcp + (base + 1), FIRST_WRAPPER_ID + index, credentials);
            case UDP -> {
                String host = index % 2 == 1 && loopback().size() > 1 ? "[::1]" : "127.0.0.1";
                String endpoint = "udp://" + host + ":" + (base + FleetSettings.UDP_PORT);
                yield addressed(number, model, medium, endpoint, FIRST_WRAPPER_ID + index, credentials);
            }
            case GATEWAY -> {
                String endpoint = tcp + (base + FleetSettings.GATEWAY_PORT);
                yield addressed(number, model, medium, endpoint, FIRST_WRAPPER_ID + index, credentials);
            }
            case PRIME -> {
                String endpoint = tcp + (base + FleetSettings.PRIME_PORT);
                yield addressed(number, model, medium, endpoint, FIRST_NODE + index, credentials);
            }
            case HDLC_TCP -> {
                String endpoint = tcp + settings.linePort(line + 1);
                yield new MeterSpec(number, model, medium, endpoint, 0, FIRST_PHYSICAL + place, line + 1, credentials);
            }
            case PTY -> {
                Path link = settings.data().toAbsolutePath().resolve("line-" + (line + 1));
                yield new MeterSpec(
                        number, model, medium, "serial:" + link, 0, FIRST_PHYSICAL + place, line + 1, credentials);
            }
            case IEC21 -> thirdParty(settings, number, model);
        };
    }

    private static MeterSpec addressed(
            int number, MeterModel model, Medium medium, String endpoint, int id, Credentials credentials) {
        return new MeterSpec(number, model, medium, endpoint, id, 0, 0, credentials);
    }

    /** Addresses of the loopback on this machine: 127.0.0.1, and ::1 where there is one. */
    public static List<String> loopback() {
        return SIX ? List.of("127.0.0.1", "::1") : List.of("127.0.0.1");
    }

    private static boolean six() {
        try (DatagramSocket socket = new DatagramSocket(null)) {
            socket.bind(new InetSocketAddress("::1", 0));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private void add(Meter meter) {
        byNumber.put(meter.spec().number(), meter);
        byAddress.put(address(meter.spec()), meter);
    }

    private static Address address(MeterSpec spec) {
        int id =
                switch (spec.medium()) {
                    case WRAPPER, UDP, GATEWAY, PRIME -> spec.wrapperId();
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

    /** Every meter that answers at an address now: nobody, one, or two that claim it (F27). */
    public List<Meter> all(Medium medium, int line, int id) {
        Address address = new Address(medium, line, id);
        Meter owner = byAddress.get(address);
        if (intruders.isEmpty()) {
            return owner == null ? List.of() : List.of(owner);
        }
        List<Meter> all = new ArrayList<>();
        if (owner != null) {
            all.add(owner);
        }
        intruders.forEach((meter, intrusion) -> {
            if (intrusion.at().equals(address)) {
                all.add(meter);
            }
        });
        return all;
    }

    /** True if what these meters say at once gets mixed up on their line. */
    public boolean collides(List<Meter> meters) {
        return meters.stream()
                .anyMatch(m -> intruders.containsKey(m) && intruders.get(m).collides());
    }

    /**
     * From now on a meter answers at the address of another, and no longer at its own (F27).
     *
     * @param collides both answers are mixed up on the line; else one follows the other
     */
    public synchronized void intrude(Meter meter, Meter other, boolean collides) {
        if (meter == other || meter.spec().medium() != other.spec().medium()) {
            throw new IllegalArgumentException("of: expected another meter on the same medium");
        }
        retreat(meter);
        Address home = addressNow(meter);
        Address at = addressNow(other);
        byAddress.remove(home);
        intruders.put(meter, new Intrusion(at, home, collides));
    }

    /** The meter answers at its own address again. */
    public synchronized void retreat(Meter meter) {
        Intrusion intrusion = intruders.remove(meter);
        if (intrusion != null) {
            byAddress.put(intrusion.home(), meter);
        }
    }

    /**
     * Another meter of the same model is hung in the place of this one (F28): the household stays, the registers start at
     * zero, all profiles are empty.
     *
     * @param keepKeys true: the new meter was given the keys of the old one
     * @return the new meter; the old one is in the store room and answers nobody
     */
    public synchronized Meter replace(Meter old, int number, boolean keepKeys) {
        if (byNumber.containsKey(number)) {
            throw new IllegalArgumentException("number: there is a meter " + number + " already");
        }
        retreat(old);
        Credentials fresh = Credentials.of(settings.seed(), old.spec().model(), number);
        Credentials had = old.spec().credentials();
        Meter hung = meter(
                old.spec()
                        .successor(
                                number,
                                keepKeys
                                        ? new Credentials(had.password(), fresh.systemTitle(), had.gek(), had.gak())
                                        : fresh),
                old.household());
        hung.changes().install(clock.instant());
        byAddress.put(addressNow(old), hung);
        byNumber.remove(old.spec().number());
        byNumber.put(number, hung);
        return hung;
    }

    /** Where a meter answers now: wrapper port, HDLC address, address behind the gateway or PRIME node id. */
    public int id(Meter meter) {
        return addressNow(meter).id();
    }

    /** Addresses of a medium without lines, and who answers there now, ascending. */
    public Map<Integer, Meter> addresses(Medium medium) {
        Map<Integer, Meter> found = new TreeMap<>();
        byAddress.forEach((address, meter) -> {
            if (address.medium() == medium) {
                found.put(address.id(), meter);
            }
        });
        return found;
    }

    /**
     * A PRIME meter gets a node id.
     *
     * @param wanted the id; the lowest free one if empty
     */
    public synchronized int join(Meter meter, OptionalInt wanted) {
        if (meter.spec().medium() != Medium.PRIME || byAddress.containsValue(meter)) {
            throw new IllegalArgumentException("meter: expected a meter on the medium prime that has left");
        }
        int id = wanted.orElse(FIRST_NODE);
        while (byAddress.containsKey(new Address(Medium.PRIME, 0, id))) {
            if (wanted.isPresent() || id == LAST_NODE) {
                throw new IllegalArgumentException("node: expected a node id that is free, " + id + " is not");
            }
            id++;
        }
        byAddress.put(new Address(Medium.PRIME, 0, id), meter);
        return id;
    }

    /** A PRIME meter loses its node id, which is free then. */
    public synchronized int leave(Meter meter) {
        if (meter.spec().medium() != Medium.PRIME || !byAddress.containsValue(meter)) {
            throw new IllegalArgumentException("meter: expected a meter on the medium prime that has joined");
        }
        Address address = addressNow(meter);
        byAddress.remove(address);
        return address.id();
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
