package org.telar.meter.dlms.internal;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.telar.api.meter.Meter;
import org.telar.api.meter.MeterKeys;
import org.telar.api.meter.ModelMemory;
import org.telar.api.meter.Push;
import org.telar.api.meter.PushListener;
import org.telar.api.meter.PushListener.Sender;
import org.telar.api.model.MeterId;
import org.telar.api.model.Obis;
import org.telar.api.model.StatusWord;
import org.telar.meter.dlms.internal.LinkException.Kind;

/**
 * Takes what meters say unasked, from all sessions of the driver: opens it under the sender's keys, reads what it holds
 * and hands it on. Nothing is dropped: what cannot be opened or understood goes on as it came. Thread-safe.
 */
final class PushDesk {
    private static final Logger LOG = LoggerFactory.getLogger(PushDesk.class);
    private static final int DESCRIPTOR_NAME = 2;

    private final ModelMemory memory;
    private final Clock clock;
    private final Map<MeterId, byte[]> titles = new ConcurrentHashMap<>();
    /** Last invocation counter of each sender's pushes: one that does not grow is a replay. */
    private final Map<String, Long> counters = new ConcurrentHashMap<>();

    private volatile PushListener listener = PushListener.NONE;

    PushDesk(ModelMemory memory, Clock clock) {
        this.memory = memory;
        this.clock = clock;
    }

    void listener(PushListener next) {
        listener = next;
    }

    /** The system title that a meter told when it associated: needed to open what it pushes with a tag of its own. */
    void title(MeterId meter, byte[] title) {
        titles.put(meter, title);
    }

    /**
     * Something came from an address of a medium.
     *
     * @param visited the meter of the session that heard it, and its keys
     * @param source the sender's address, in the form of the meter table
     */
    void take(Sender visited, String source, byte[] apdu) {
        String medium = visited.meter().medium();
        Optional<Sender> sender = Optional.of(visited);
        Push push;
        try {
            if (!source.equals(visited.meter().address())) {
                sender = listener.at(medium, source);
            }
            push = opened(medium, source, sender, apdu);
        } catch (LinkException | RuntimeException e) {
            LOG.warn("A push from {} on {} was not understood: {}", source, medium, e.getMessage());
            push = new Push(
                    medium,
                    source,
                    sender.map(s -> s.meter().id()),
                    Push.Service.UNKNOWN,
                    false,
                    clock.instant(),
                    Optional.empty(),
                    Optional.empty(),
                    List.of(),
                    apdu);
        }
        LOG.debug("{}", push);
        try {
            listener.pushed(push);
        } catch (RuntimeException e) {
            LOG.error("A push from {} on {} was not taken", source, medium, e);
        }
    }

    private Push opened(String medium, String source, Optional<Sender> sender, byte[] apdu) throws LinkException {
        int tag = apdu[0] & 0xFF;
        boolean isProtected = tag == Notifications.GENERAL_GLO || tag == Notifications.GLO_EVENT;
        byte[] plain = isProtected ? deciphered(source, sender, apdu) : apdu;
        Notifications.Content content = Notifications.parse(plain);
        boolean event = (plain[0] & 0xFF) == Notifications.EVENT;
        Optional<TimeRule> rule =
                sender.flatMap(s -> new Deviations(s.meter(), new ModelNotes(memory, s.meter())).known());
        Optional<Instant> time = time(content.time(), rule);
        Optional<String> identity = Optional.empty();
        List<StatusWord> words = new ArrayList<>();
        if (event) {
            Optional<Notifications.Item> item = content.items().stream().findFirst();
            if (item.isPresent() && item.get().isWord()) {
                words.add(new StatusWord(
                        name(content.descriptor(), DESCRIPTOR_NAME), item.get().word()));
            }
        } else {
            List<Obis> layout = layout(sender);
            for (int i = 0;
                    i < layout.size() && layout.size() == content.items().size();
                    i++) {
                Notifications.Item item = content.items().get(i);
                if (layout.get(i).equals(Obis.CLOCK) && item.isOctets() && time.isEmpty()) {
                    time = time(item.content(), rule);
                } else if (layout.get(i).equals(Obis.LOGICAL_DEVICE_NAME) && item.isOctets()) {
                    identity = Optional.of(new String(item.content(), StandardCharsets.US_ASCII).strip());
                } else if (item.isWord()) {
                    words.add(new StatusWord(layout.get(i), item.word()));
                }
            }
        }
        return new Push(
                medium,
                source,
                sender.map(s -> s.meter().id()),
                event ? Push.Service.EVENT_NOTIFICATION : Push.Service.DATA_NOTIFICATION,
                isProtected,
                clock.instant(),
                time,
                identity,
                words,
                plain);
    }

    private static List<Obis> layout(Optional<Sender> sender) {
        return ModelNotes.pushObjects(
                sender.map(s -> s.meter().parameters()).orElse(Map.of()).get("push-objects"));
    }

    private static Obis name(byte[] bytes, int from) {
        return Obis.of(Arrays.copyOfRange(bytes, from, from + 6));
    }

    private static Optional<Instant> time(byte[] octets, Optional<TimeRule> rule) {
        return rule.flatMap(r -> CosemTime.of(octets).map(r::utc));
    }

    private byte[] deciphered(String source, Optional<Sender> sender, byte[] apdu) throws LinkException {
        Meter meter = sender.map(Sender::meter)
                .orElseThrow(() -> new LinkException(Kind.UNDECIPHERABLE, "nobody knows a meter at " + source));
        MeterKeys keys = sender.map(Sender::keys).orElse(MeterKeys.EMPTY);
        Notifications.Sealed sealed = Notifications.sealed(apdu);
        byte[] title = sealed.title()
                .or(() -> Optional.ofNullable(titles.get(meter.id())))
                .orElseThrow(() -> new LinkException(Kind.UNDECIPHERABLE, "its system title is not known yet"));
        if (keys.encryptionKey().length == 0) {
            throw new LinkException(Kind.UNDECIPHERABLE, "there are no keys of meter " + meter.id());
        }
        ApduCipher cipher = new ApduCipher(keys.encryptionKey(), keys.authenticationKey());
        cipher.meterTitle(title);
        byte[] plain = cipher.open(apdu, sealed.from(), sealed.to());
        long counter = ByteBuffer.wrap(apdu, sealed.from() + 1, 4).getInt() & 0xFFFF_FFFFL;
        String key = meter.id() + "/" + HexFormat.of().formatHex(title);
        Long last = counters.get(key);
        if (last != null && counter <= last) {
            throw new LinkException(Kind.GARBLED, "a repeated push (counter " + counter + ")");
        }
        counters.put(key, counter);
        return plain;
    }
}
