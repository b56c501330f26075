package org.telar.meter.dlms.internal;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import org.openmuc.jdlms.AccessResultCode;
import org.openmuc.jdlms.DlmsConnection;
import org.openmuc.jdlms.GetResult;
import org.openmuc.jdlms.MethodParameter;
import org.openmuc.jdlms.MethodResultCode;
import org.openmuc.jdlms.ResponseTimeoutException;
import org.openmuc.jdlms.SetParameter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.telar.meter.dlms.internal.LinkException.Kind;

/** A standing association with one meter: GETs packed into as few requests as the meter takes. */
final class Association implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Association.class);

    /** Tag, choice, invoke id, count; and what ciphering adds: tag, length, control, counter, tag of 12. */
    private static final int OVERHEAD = 4 + 3 + 5 + 12 + 2;

    private static final int TRIES = 3;

    private final DlmsConnection connection;
    private final ExchangeLayer layer;
    private final boolean releases;

    /** @param releases whether the association is released by request; HDLC's disconnect does it otherwise */
    Association(DlmsConnection connection, ExchangeLayer layer, boolean releases) {
        this.connection = connection;
        this.layer = layer;
        this.releases = releases;
        layer.associated();
    }

    /**
     * Answers in the order of the questions.
     *
     * @param times the middle of the exchange that brought each answer
     */
    record Answers(List<GetResult> results, List<Instant> times) {
        GetResult get(int i) {
            return results.get(i);
        }
    }

    /** Reads all attributes; a model that refuses lists is asked in smaller ones, and that is remembered. */
    Answers get(List<Ask> asks, ModelNotes notes) throws IOException {
        Answers answers = new Answers(new ArrayList<>(asks.size()), new ArrayList<>(asks.size()));
        int limit = notes.listLimit();
        while (answers.results().size() < asks.size()) {
            int from = answers.results().size();
            int to = from + fitting(asks.subList(from, asks.size()), limit);
            try {
                List<GetResult> part = get(asks.subList(from, to));
                answers.results().addAll(part);
                part.forEach(r -> answers.times().add(layer.middleOfFirst()));
            } catch (LinkException e) {
                if (e.kind() != Kind.REFUSED || to - from == 1) {
                    throw e;
                }
                limit = (to - from) / 2;
                LOG.debug("a list of {} was refused, trying {}", to - from, limit);
            }
        }
        if (limit < notes.listLimit()) {
            notes.rememberListLimit(limit);
        }
        return answers;
    }

    private int fitting(List<Ask> asks, int limit) {
        int room = layer.aare().maxPdu() == 0 ? Integer.MAX_VALUE : layer.aare().maxPdu() - OVERHEAD;
        int count = 0;
        for (Ask ask : asks) {
            room -= ask.size();
            if (count > 0 && (room < 0 || count == limit)) {
                break;
            }
            count++;
        }
        return count;
    }

    /** A GET whose datagram, or its answer's, got lost is asked anew: jDLMS takes the next counter for it. */
    private List<GetResult> get(List<Ask> asks) throws IOException {
        for (int i = 1; ; i++) {
            try {
                return getOnce(asks);
            } catch (IOException e) {
                if (!gotLost(e) || i == TRIES) {
                    throw e;
                }
                LOG.debug("no answer to try {} of {}", i, TRIES);
            }
        }
    }

    /** Nothing came, or only the late answer to an earlier request. */
    private boolean gotLost(IOException e) {
        boolean nothing = e instanceof LinkException l && l.kind() == Kind.SILENT;
        return layer.datagrams() && layer.failure() == null && (nothing || e instanceof ResponseTimeoutException);
    }

    private List<GetResult> getOnce(List<Ask> asks) throws IOException {
        layer.expect(asks.size());
        List<GetResult> results = connection.get(asks.stream().map(Ask::address).toList());
        if (results.size() != asks.size()) {
            throw new LinkException(Kind.GARBLED, results.size() + " results for " + asks.size() + " attributes");
        }
        return results;
    }

    AccessResultCode set(SetParameter parameter) throws IOException {
        layer.expect(1);
        return connection.set(parameter);
    }

    MethodResultCode action(MethodParameter parameter) throws IOException {
        layer.expect(1);
        return connection.action(parameter).getResultCode();
    }

    int roundTrips() {
        return layer.roundTrips();
    }

    ExchangeLayer layer() {
        return layer;
    }

    /** What ended it, or null. */
    IOException failure() {
        return layer.failure();
    }

    @Override
    public void close() {
        try {
            if (releases && layer.failure() == null) {
                connection.disconnect();
            } else {
                connection.close();
            }
        } catch (IOException | RuntimeException e) {
            // Some meters answer the release with a wrong length; the association is over in any case.
            LOG.debug("while releasing: {}", e.toString());
        }
    }
}
