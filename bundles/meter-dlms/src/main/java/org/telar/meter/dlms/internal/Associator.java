package org.telar.meter.dlms.internal;

import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;

import org.openmuc.jdlms.AuthenticationMechanism;
import org.openmuc.jdlms.DlmsConnection;
import org.openmuc.jdlms.GetResult;
import org.openmuc.jdlms.JDlmsException;
import org.openmuc.jdlms.JDlmsException.ExceptionId;
import org.openmuc.jdlms.SecuritySuite;
import org.openmuc.jdlms.SecuritySuite.EncryptionMechanism;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.telar.api.channel.Channel;
import org.telar.api.channel.NodeChannel;
import org.telar.api.meter.Airtime;
import org.telar.api.meter.Authentication;
import org.telar.api.meter.Meter;
import org.telar.api.meter.MeterException;
import org.telar.api.meter.MeterKeys;
import org.telar.api.meter.PushListener;
import org.telar.api.meter.Waits;
import org.telar.api.model.Ko;
import org.telar.api.model.MeterId;
import org.telar.api.platform.InvocationCounters;
import org.telar.meter.dlms.internal.LinkException.Kind;

/**
 * Opens associations with one meter at the security of the meter table, never below it. When a ciphered one meets
 * silence or a refused counter, the counter is read through the public client and the association tried once more (D8).
 * A meter that was silent to both is asked by the public client first the next time: most likely it is away, and then it
 * costs one wait and not two.
 */
final class Associator {
    private static final Logger LOG = LoggerFactory.getLogger(Associator.class);
    private static final int PUBLIC_CLIENT = 16;
    private static final int KEY_LENGTH = 16;

    /** The counter is told without protection: a false one must not use up ours for ever. */
    private static final long MOST_BELIEVED = 0xF000_0000L;

    private final Meter meter;
    private final MeterKeys keys;
    private final Channel channel;
    private final Airtime airtime;
    private final Waits waits;
    private final Set<MeterId> away;
    private final Set<MeterId> late;
    private final PushDesk pushes;
    private final LinkCounters links;
    private final Strays strays = new Found();
    private boolean duplicate;
    private final byte[] systemTitle;
    private final InvocationCounters counters;
    private final ModelNotes notes;
    private final Clock clock;
    private final MeterAddress address;
    private final Optional<GatewayHeader> gateway;
    private final Optional<ModeE> signOn;

    Associator(
            Meter meter,
            MeterKeys keys,
            Channel channel,
            Airtime airtime,
            Waits waits,
            Set<MeterId> away,
            Set<MeterId> late,
            PushDesk pushes,
            LinkCounters links,
            byte[] systemTitle,
            InvocationCounters counters,
            ModelNotes notes,
            Clock clock)
            throws MeterException {
        this.meter = meter;
        this.keys = keys;
        this.channel = channel;
        this.airtime = airtime;
        this.waits = waits;
        this.away = away;
        this.late = late;
        this.pushes = pushes;
        this.links = links;
        this.systemTitle = systemTitle;
        this.counters = counters;
        this.notes = notes;
        this.clock = clock;
        try {
            this.address = MeterAddress.parse(meter.address());
            this.gateway = MeterAddress.gateway(meter.address());
            this.signOn = Optional.ofNullable(meter.parameters().get("sign-on")).map(ModeE::of);
        } catch (IllegalArgumentException e) {
            throw new MeterException(Ko.UNSUPPORTED, meter.id(), "address: " + e.getMessage(), e);
        }
        checkKeys();
    }

    private void checkKeys() throws MeterException {
        boolean enough =
                switch (meter.authentication()) {
                    case NONE -> true;
                    case LLS -> keys.password().length > 0;
                    case HLS5 ->
                        keys.encryptionKey().length == KEY_LENGTH && keys.authenticationKey().length == KEY_LENGTH;
                };
        if (!enough) {
            throw new MeterException(
                    Ko.AUTH_FAILED, meter.id(), "no keys for " + meter.authentication() + " in the key vault");
        }
    }

    /** A failed try, with what is needed to decide about a second one. */
    private record Failure(Exception cause, boolean opened, boolean rejected, long counter) {
        boolean isSilence() {
            return opened && kind().filter(k -> k == Kind.SILENT).isPresent();
        }

        Optional<Kind> kind() {
            return Failures.link(cause).map(LinkException::kind);
        }
    }

    private static final class Failed extends Exception {
        private static final long serialVersionUID = 1L;
        private final transient Failure failure;

        Failed(Failure failure) {
            super(failure.cause());
            this.failure = failure;
        }
    }

    Association associate() throws MeterException {
        if (away.contains(meter.id())) {
            greet();
        }
        try {
            return attempts(meter.clientSap(), meter.authentication());
        } catch (Failed first) {
            if (meter.authentication() != Authentication.HLS5 || !mayBeTheCounter(first.failure)) {
                throw told(first.failure);
            }
            return again(first.failure);
        }
    }

    /** Whether anybody is there at all; any answer will do, a refusal too. */
    private void greet() throws MeterException {
        try (Association open = attempts(PUBLIC_CLIENT, Authentication.NONE)) {
            LOG.debug("meter {} is there again", meter.id());
        } catch (Failed e) {
            if (e.failure.isSilence()) {
                throw told(e.failure);
            }
        }
        away.remove(meter.id());
    }

    private static boolean mayBeTheCounter(Failure failure) {
        Optional<Kind> kind = failure.kind();
        return failure.rejected()
                || failure.isSilence()
                || failure.opened()
                        && kind.filter(k -> k == Kind.COUNTER || k == Kind.REFUSED)
                                .isPresent();
    }

    private Association again(Failure first) throws MeterException {
        long seen = Failures.link(first.cause())
                .filter(e -> e.kind() == Kind.COUNTER)
                .map(LinkException::counter)
                .orElse(-1L);
        if (seen < 0) {
            seen = publicCounter(first);
            if (seen < first.counter()
                    && first.kind().filter(k -> k == Kind.SILENT).isEmpty()) {
                throw told(first);
            }
        }
        if (seen > MOST_BELIEVED) {
            throw new MeterException(
                    Ko.AUTH_FAILED,
                    meter.id(),
                    "it says that it has seen invocation counter " + seen
                            + ", which nobody can have used: not believed, nothing changed");
        }
        links.add(LinkCounters.Kind.COUNTER_RESYNCS, 1);
        LOG.info("meter {}: invocation counter resynchronised to {}", meter.id(), seen + 1);
        counters.atLeast(meter.id(), seen + 1);
        try {
            return attempt(meter.clientSap(), meter.authentication());
        } catch (Failed second) {
            if (second.failure.kind().filter(k -> k == Kind.SILENT).isPresent()) {
                throw new MeterException(
                        Ko.AUTH_FAILED,
                        meter.id(),
                        "answers the public client but not the ciphered association: wrong keys?",
                        second.failure.cause());
            }
            throw told(second.failure);
        }
    }

    /** What the meter says it has seen, read without keys. */
    private long publicCounter(Failure first) throws MeterException {
        try (Association open = attempts(PUBLIC_CLIENT, Authentication.NONE)) {
            GetResult result = open.get(List.of(Ask.of(Capture.DATA, notes.counterObject(), 2)), notes)
                    .get(0);
            if (result.requestSuccessful()) {
                return Values.number(result.getResultData());
            }
            LOG.debug("meter {}: counter not readable: {}", meter.id(), result.getResultCode());
        } catch (IOException | RuntimeException e) {
            LOG.debug("meter {}: counter not readable: {}", meter.id(), e.toString());
        } catch (Failed e) {
            LOG.debug(
                    "meter {}: no public association: {}",
                    meter.id(),
                    e.failure.cause().toString());
            if (first.isSilence() && e.failure.isSilence()) {
                away.add(meter.id());
            }
        }
        throw told(first);
    }

    /** A failure in the domain's terms; two devices at one address explain any. */
    MeterException told(Exception cause) {
        Failures.link(cause).ifPresent(e -> {
            switch (e.kind()) {
                case SILENT -> {
                    late.add(meter.id());
                    links.add(LinkCounters.Kind.SILENT, 1);
                }
                case GARBLED, UNDECIPHERABLE -> links.add(LinkCounters.Kind.REFUSED_ANSWERS, 1);
                default -> {}
            }
        });
        MeterException told = Failures.told(meter.id(), cause);
        return !duplicate
                ? told
                : new MeterException(
                        Ko.IDENTITY,
                        meter.id(),
                        "METER_DUPLICATE: two devices answer at " + meter.address() + "; " + told.getMessage(),
                        cause);
    }

    private MeterException told(Failure failure) {
        if (failure.rejected() && !duplicate) {
            return new MeterException(
                    Ko.AUTH_FAILED,
                    meter.id(),
                    "the meter rejected the association: wrong password or key, or client " + meter.clientSap()
                            + " not allowed",
                    failure.cause());
        }
        return told(failure.cause());
    }

    /** On datagrams a silent first try is followed by another, with the next counters. */
    private Association attempts(int client, Authentication authentication) throws Failed {
        try {
            return attempt(client, authentication);
        } catch (Failed first) {
            if (channel.isDatagram() && first.failure.isSilence()) {
                return attempt(client, authentication);
            }
            throw first;
        }
    }

    private Association attempt(int client, Authentication authentication) throws Failed {
        CounterBlock block = null;
        ExchangeLayer layer = null;
        try {
            ApduCipher cipher = null;
            if (authentication == Authentication.HLS5) {
                block = CounterBlock.reserve(
                        counters,
                        meter.id(),
                        new RequestCipher(keys.encryptionKey(), keys.authenticationKey(), systemTitle));
                cipher = new ApduCipher(keys.encryptionKey(), keys.authenticationKey());
            }
            ApduLink link = link(client);
            layer = new ExchangeLayer(
                    link,
                    airtime,
                    new ApduInspector(cipher),
                    block,
                    clock,
                    channel.isDatagram(),
                    apdu -> strays.found(meter.address(), apdu),
                    this::passedOver);
            DlmsConnection connection = new TelarConnectionBuilder(
                            layer, systemTitle, client, suite(authentication), block == null ? 1 : block.first())
                    .build();
            link.waitFor(waits.answer());
            if (cipher != null) {
                pushes.title(meter.id(), cipher.meterTitle());
            }
            return new Association(connection, layer, !(address instanceof MeterAddress.Hdlc));
        } catch (IOException | RuntimeException e) {
            Exception cause = layer != null && layer.failure() != null ? layer.failure() : e;
            boolean opened = layer != null && layer.opened();
            throw new Failed(new Failure(cause, opened, rejected(layer, cause), block == null ? -1 : block.first()));
        }
    }

    /** The meter said no to who we are, in the association answer or in the exchange of challenges. */
    private static boolean rejected(ExchangeLayer layer, Exception cause) {
        boolean byAnswer = layer != null && layer.aare().seen() && !layer.aare().accepted();
        boolean byChallenge = cause instanceof JDlmsException j
                && (j.getExceptionId() == ExceptionId.AUTHENTICATION_ERROR
                        || j.getExceptionId() == ExceptionId.AUTHENTICATION_REQUIRED);
        return byAnswer || byChallenge;
    }

    private void passedOver(boolean ofAnother) {
        links.add(LinkCounters.Kind.STALE_ANSWERS, 1);
        if (ofAnother) {
            strays.twice();
        }
    }

    /** The meter answered all that was asked: no late answer is on its way any more. */
    void answered() {
        late.remove(meter.id());
    }

    /** Two devices answer at the meter's address (F27). */
    boolean isDuplicate() {
        return duplicate;
    }

    private final class Found implements Strays {
        @Override
        public void found(String source, byte[] apdu) {
            links.add(LinkCounters.Kind.PUSHES, 1);
            pushes.take(new PushListener.Sender(meter, keys), source, apdu);
        }

        @Override
        public void noise(long bytes) {
            links.add(LinkCounters.Kind.NOISE_BYTES, bytes);
        }

        @Override
        public void resent() {
            links.add(LinkCounters.Kind.RESENT, 1);
        }

        @Override
        public void twice() {
            // After a silence, an answer too many is a late one.
            if (!late.contains(meter.id())) {
                duplicate = true;
            }
        }
    }

    private ApduLink link(int client) throws LinkException {
        if (gateway.isEmpty()) {
            return link(client, strays);
        }
        ApduLink below = link(client, GatewayLink.unwrapping(strays));
        return new GatewayLink(below, gateway.get(), MeterAddress.base(meter.address()), strays);
    }

    private ApduLink link(int client, Strays strays) throws LinkException {
        if (address instanceof MeterAddress.Wrapper wrapper) {
            return wrapper(client, wrapper.device(), device -> "wrapper:" + device, strays);
        }
        if (address instanceof MeterAddress.Prime prime) {
            return prime(client, prime, strays);
        }
        return new HdlcLink(channel, client, (MeterAddress.Hdlc) address, waits.answer(), frameSize(), signOn, strays);
    }

    private ApduLink wrapper(int client, int device, IntFunction<String> names, Strays strays) {
        return new WrapperLink(channel, client, device, waits.association(), names, strays);
    }

    private ApduLink prime(int client, MeterAddress.Prime prime, Strays strays) throws LinkException {
        if (!(channel instanceof NodeChannel network)) {
            throw new LinkException(Kind.CLOSED, "address " + meter.address() + " needs a medium prime://host:port");
        }
        NodeChannel.Node node = network.node(prime.name())
                .orElseThrow(() -> new LinkException(
                        Kind.CLOSED, "the base node has no node " + prime.name() + " on its network"));
        // The meter table may name it by its hardware address: its pushes are named as the table does.
        return wrapper(
                client,
                node.id(),
                id -> id == node.id()
                        ? meter.address()
                        : MeterAddress.PRIME
                                + network.node(id)
                                        .map(NodeChannel.Node::identity)
                                        .orElse(Integer.toString(id)),
                strays);
    }

    /** Parameter {@code hdlc-frame}: the information field to propose, 128..2030. */
    private int frameSize() {
        String text = meter.parameters().getOrDefault("hdlc-frame", "");
        int size = text.isBlank() ? HdlcNegotiation.MAX_INFORMATION : Integer.parseInt(text);
        return Math.max(HdlcNegotiation.DEFAULT_INFORMATION, Math.min(HdlcNegotiation.MAX_INFORMATION, size));
    }

    private SecuritySuite suite(Authentication authentication) {
        return switch (authentication) {
            case NONE -> SecuritySuite.builder().build();
            case LLS ->
                SecuritySuite.builder()
                        .setAuthenticationMechanism(AuthenticationMechanism.LOW)
                        .setPassword(keys.password())
                        .build();
            case HLS5 ->
                SecuritySuite.builder()
                        .setAuthenticationMechanism(AuthenticationMechanism.HLS5_GMAC)
                        .setEncryptionMechanism(EncryptionMechanism.AES_GCM_128)
                        .setGlobalUnicastEncryptionKey(keys.encryptionKey())
                        .setAuthenticationKey(keys.authenticationKey())
                        .build();
        };
    }
}
