package org.telar.e2e;

import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

import org.telar.api.channel.Channel;
import org.telar.api.channel.ChannelFactory;
import org.telar.api.channel.NodeListener;
import org.telar.api.meter.Airtime;
import org.telar.api.meter.Authentication;
import org.telar.api.meter.Meter;
import org.telar.api.meter.MeterDriver;
import org.telar.api.meter.MeterException;
import org.telar.api.meter.MeterKeys;
import org.telar.api.meter.MeterReadout;
import org.telar.api.meter.MeterSession;
import org.telar.api.meter.ModelMemory;
import org.telar.api.meter.PushListener;
import org.telar.api.meter.ReadRequest;
import org.telar.api.model.MeterId;
import org.telar.api.platform.Gateway;
import org.telar.api.platform.InvocationCounters;
import org.telar.channel.net.internal.NetChannelFactory;
import org.telar.channel.serial.internal.SerialChannelFactory;
import org.telar.meter.dlms.internal.DlmsMeterDriver;

/** The real driver and channels with a memory that lives as long as the test. */
final class Reader implements AutoCloseable {
    static final Duration TIMEOUT = Duration.ofMillis(1500);
    static final Gateway GATEWAY = new Gateway("gw-0001", HexFormat.of().parseHex("544c520000000001"), Path.of("."));

    final Notes notes = new Notes();
    final Counters counters;
    private final List<ChannelFactory> factories = List.of(new NetChannelFactory(), new SerialChannelFactory());
    private final Map<String, Channel> channels = new HashMap<>();
    private final MeterDriver driver;

    /** A reader that has never used an invocation counter. */
    Reader() {
        this(new Counters());
    }

    Reader(Counters counters) {
        this(counters, Clock.systemUTC());
    }

    /** @param clock the host's; meters in virtual time need one in the same */
    Reader(Counters counters, Clock clock) {
        this.counters = counters;
        this.driver = new DlmsMeterDriver(() -> GATEWAY, counters, notes, clock);
    }

    /** {@link ModelMemory} of a map. */
    static final class Notes implements ModelMemory {
        final Map<String, String> map = new ConcurrentHashMap<>();

        @Override
        public Optional<String> recall(String key) {
            return Optional.ofNullable(map.get(key));
        }

        @Override
        public void remember(String key, String value) {
            map.put(key, value);
        }

        @Override
        public void forget(String key) {
            map.remove(key);
        }
    }

    /** {@link InvocationCounters} of a map; forgets when told to. */
    static final class Counters implements InvocationCounters {
        final Map<MeterId, Long> next = new HashMap<>();

        @Override
        public synchronized long reserve(MeterId meter, int count) {
            long first = next.getOrDefault(meter, 1L);
            next.put(meter, first + count);
            return first;
        }

        @Override
        public synchronized void atLeast(MeterId meter, long least) {
            next.merge(meter, least, Math::max);
        }
    }

    static Meter meter(Map<String, String> row, Map<String, String> parameters) {
        String address =
                switch (row.get("medium")) {
                    case "hdlc-tcp", "pty" -> "hdlc:" + row.get("hdlc_logical") + "/" + row.get("hdlc_physical");
                    case "prime" -> "prime:" + row.get("identity");
                    case "gateway" -> "wrapper:" + row.get("wrapper_id") + "@" + row.get("network_address");
                    default -> "wrapper:" + row.get("wrapper_id");
                };
        return new Meter(
                new MeterId(row.get("meter")),
                "dlms",
                row.get("model"),
                row.get("identity"),
                row.get("medium"),
                address,
                Integer.parseInt(row.get("client_sap")),
                Authentication.valueOf(row.get("auth")),
                ZoneId.of(row.get("zone")),
                parameters);
    }

    static MeterKeys keys(Map<String, String> row) {
        HexFormat hex = HexFormat.of();
        return new MeterKeys(
                hex.parseHex(row.get("password")), hex.parseHex(row.get("gek")), hex.parseHex(row.get("gak")));
    }

    synchronized Channel channel(String endpoint) throws Exception {
        Channel open = channels.get(endpoint);
        if (open == null || !open.isOpen()) {
            URI address = URI.create(endpoint);
            ChannelFactory factory =
                    factories.stream().filter(f -> f.opens(address)).findFirst().orElseThrow();
            open = factory.open(address, TIMEOUT);
            channels.put(endpoint, open);
        }
        return open;
    }

    MeterReadout read(Map<String, String> row, ReadRequest request) throws Exception {
        return read(row, request, Map.of());
    }

    MeterReadout read(Map<String, String> row, ReadRequest request, Map<String, String> parameters) throws Exception {
        try (MeterSession session = associate(row, keys(row), parameters)) {
            return session.read(request);
        }
    }

    MeterSession associate(Map<String, String> row, MeterKeys keys, Map<String, String> parameters) throws Exception {
        return associate(row, keys, parameters, Airtime.FREE, TIMEOUT);
    }

    MeterSession associate(
            Map<String, String> row, MeterKeys keys, Map<String, String> parameters, Airtime airtime, Duration timeout)
            throws MeterException, Exception {
        return driver.associate(meter(row, parameters), keys, channel(endpoint(row)), airtime, timeout);
    }

    /** What a channel of the meter opens. */
    static String endpoint(Map<String, String> row) {
        return row.get("medium").equals("prime") ? row.get("endpoint").replace("tcp:", "prime:") : row.get("endpoint");
    }

    Map<String, Long> counters() {
        return driver.counters();
    }

    void onPush(PushListener listener) {
        driver.onPush(listener);
    }

    void onNodes(NodeListener listener) {
        factories.forEach(f -> f.onNodes(listener));
    }

    @Override
    public void close() {
        channels.values().forEach(Channel::close);
    }
}
