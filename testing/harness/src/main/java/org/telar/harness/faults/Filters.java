package org.telar.harness.faults;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

import org.telar.api.store.Acknowledgement;
import org.telar.contract.Ack;
import org.telar.contract.Batch;
import org.telar.contract.Contract;
import org.telar.contract.ContractException;
import org.telar.contract.Topics;
import org.telar.harness.faults.MqttShim.Filter;
import org.telar.harness.faults.MqttShim.Session;

/** What a shim does to the packets of a link. Each is made for one round. */
final class Filters {
    private static final int SECOND_ID = 0x8000;

    private Filters() {}

    private static boolean isBatch(MqttFrame f) {
        return f.wantsAnswer() && f.topic().matches("telar/v1/[^/]+/up/(readings|events|results)");
    }

    /** The link breaks just before or just after a PUBACK, each time with this chance (F17). */
    static Filter resetsAroundPuback(Random random, double chance) {
        return new Filter() {
            @Override
            public synchronized void down(MqttFrame f, Session s) throws IOException {
                boolean strike = f.type() == MqttFrame.PUBACK && random.nextDouble() < chance;
                if (!strike) {
                    s.toClient(f);
                    return;
                }
                if (random.nextBoolean()) {
                    s.toClient(f);
                }
                s.end();
            }
        };
    }

    /** The broker answers so many batches with a refusal, and takes none of them (F18). */
    static Filter refusesBatches(int reason, AtomicInteger left) {
        return new Filter() {
            @Override
            public void up(MqttFrame f, Session s) throws IOException {
                if (isBatch(f) && left.getAndDecrement() > 0) {
                    s.toClient(MqttFrame.puback(f.packetId(), reason));
                } else {
                    s.toBroker(f);
                }
            }
        };
    }

    /** The broker refuses so many connections (F18). */
    static Filter refusesConnections(int reason, AtomicInteger left) {
        return new Filter() {
            @Override
            public void down(MqttFrame f, Session s) throws IOException {
                if (f.type() == MqttFrame.CONNACK && left.getAndDecrement() > 0) {
                    s.toClient(MqttFrame.refusal(reason));
                    s.end();
                } else {
                    s.toClient(f);
                }
            }
        };
    }

    /** The broker takes small packets only and drops whoever sends a larger one (F18). */
    static Filter takesAtMost(int bytes, AtomicInteger tooLarge) {
        return new Filter() {
            @Override
            public void up(MqttFrame f, Session s) throws IOException {
                if (f.isPublish() && f.body().length > bytes) {
                    tooLarge.incrementAndGet();
                    s.end();
                } else {
                    s.toBroker(f);
                }
            }

            @Override
            public void down(MqttFrame f, Session s) throws IOException {
                boolean welcome = f.type() == MqttFrame.CONNACK && f.body()[1] == 0;
                s.toClient(welcome ? MqttFrame.welcome(bytes) : f);
            }
        };
    }

    /** What {@link #jumble} did. */
    record Jumbled(AtomicInteger repeated, AtomicInteger swapped, AtomicInteger swallowed) {
        Jumbled() {
            this(new AtomicInteger(), new AtomicInteger(), new AtomicInteger());
        }

        boolean all() {
            return repeated.get() > 0 && swapped.get() > 0 && swallowed.get() > 0;
        }
    }

    /** Batches come twice, in another order, or are acknowledged by the broker and gone (F31). */
    static Filter jumble(Random random, Jumbled done) {
        return new Filter() {
            private Optional<MqttFrame> held = Optional.empty();

            @Override
            public synchronized void up(MqttFrame f, Session s) throws IOException {
                if (!isBatch(f)) {
                    s.toBroker(f);
                    return;
                }
                switch (random.nextInt(4)) {
                    case 0 -> {
                        s.toBroker(f);
                        s.toBroker(f.withPacketId(f.packetId() | SECOND_ID));
                        done.repeated().incrementAndGet();
                    }
                    case 1 -> {
                        s.toClient(MqttFrame.puback(f.packetId(), 0));
                        done.swallowed().incrementAndGet();
                    }
                    case 2 -> {
                        if (held.isEmpty()) {
                            held = Optional.of(f);
                            return;
                        }
                        s.toBroker(f);
                        done.swapped().incrementAndGet();
                    }
                    default -> s.toBroker(f);
                }
                if (held.isPresent()) {
                    s.toBroker(held.get());
                    held = Optional.empty();
                }
            }

            @Override
            public void down(MqttFrame f, Session s) throws IOException {
                if (f.type() != MqttFrame.PUBACK || (f.packetId() & SECOND_ID) == 0) {
                    s.toClient(f);
                }
            }
        };
    }

    /** The collector's first acknowledgement to a gateway never leaves: what is to happen then happens (F2). */
    static Filter holdsAcknowledgement(Runnable instead) {
        AtomicInteger seen = new AtomicInteger();
        return new Filter() {
            @Override
            public void up(MqttFrame f, Session s) throws IOException {
                boolean ack = f.isPublish() && f.topic().endsWith("/down/ack");
                if (!ack) {
                    s.toBroker(f);
                } else if (seen.getAndIncrement() == 0) {
                    instead.run();
                }
            }
        };
    }

    /**
     * Rule R2 switched off: the edge is told "committed" as soon as the broker has a batch, whatever the collector does.
     */
    static Filter withoutApplicationAcknowledgement(String gateway) {
        Map<Integer, Batch> onTheirWay = new ConcurrentHashMap<>();
        return new Filter() {
            @Override
            public void up(MqttFrame f, Session s) throws IOException {
                if (isBatch(f)) {
                    try {
                        onTheirWay.put(f.packetId(), Contract.decodeBatch(f.payload()));
                    } catch (ContractException e) {
                        throw new IOException("the edge sends what is not the contract: " + e.getMessage(), e);
                    }
                }
                s.toBroker(f);
            }

            @Override
            public void down(MqttFrame f, Session s) throws IOException {
                s.toClient(f);
                Batch b = f.type() == MqttFrame.PUBACK ? onTheirWay.remove(f.packetId()) : null;
                if (b != null) {
                    List<Acknowledgement.Range> ranges = new ArrayList<>();
                    b.entries().forEach(e -> ranges.add(new Acknowledgement.Range(e.sequence(), e.sequence())));
                    ranges.sort(java.util.Comparator.comparingLong(Acknowledgement.Range::first));
                    Ack ack = new Ack(new Acknowledgement(b.epoch(), 0, ranges), Instant.now());
                    s.toClient(MqttFrame.publish(Topics.down(gateway, "ack"), Contract.encode(ack)));
                }
            }
        };
    }
}
