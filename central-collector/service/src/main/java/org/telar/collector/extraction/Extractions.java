package org.telar.collector.extraction;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Service;
import org.telar.collector.BadInput;
import org.telar.collector.ingest.Counters;
import org.telar.collector.ingest.IngestService;
import org.telar.collector.platform.TlsMaterial;
import org.telar.collector.registry.Gateways;
import org.telar.contract.Batch;
import org.telar.contract.ContractException;
import org.telar.contract.ExtractionContent;

/**
 * Takes local extractions in (R46, D23). What it brings goes the way of an upload and passes on only what is new, so the
 * upload of the same readings before or after changes nothing. Thread-safe.
 */
@Service
public class Extractions {
    private static final Logger LOG = LoggerFactory.getLogger(Extractions.class);
    private static final int GROUP = 50;
    private static final int GROUP_BYTES = 4 << 20;

    private final SealedFile sealed;
    private final IngestService ingest;
    private final Gateways gateways;
    private final JdbcTemplate jdbc;
    private final Clock clock;

    /**
     * One file taken in.
     *
     * @param createdAt by the gateway's clock
     * @param times how often this very file came
     * @param newValues over all times
     * @param knownValues the last time
     * @param held polls of meters that are unknown or not in service, released when they are
     */
    public record Extraction(
            String sha256,
            String gateway,
            Instant from,
            Instant to,
            Instant createdAt,
            Instant importedAt,
            int times,
            long polls,
            long newValues,
            long knownValues,
            long newRegisters,
            long held,
            long quarantined) {}

    Extractions(TlsMaterial tls, IngestService ingest, Gateways gateways, JdbcTemplate jdbc, Clock clock) {
        this.sealed = new SealedFile(tls);
        this.ingest = ingest;
        this.gateways = gateways;
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /**
     * Verifies the whole file and then takes it in, a group of polls a transaction. Ended half-way, it is simply sent
     * again.
     *
     * @param sha256 of the file
     * @throws BadInput saying what is wrong with it; nothing was taken
     */
    public Extraction take(Path file, byte[] sha256) throws IOException {
        String signer = sealed.signer(file);
        return sealed.read(file, content -> {
            try (ExtractionContent.Reader reader = new ExtractionContent.Reader(content)) {
                ExtractionContent.Header header = reader.header();
                if (!header.gateway().equals(signer)) {
                    throw new BadInput("EXTRACTION_WRONG_GATEWAY", signer, header.gateway());
                }
                if (gateways.find(signer).isEmpty()) {
                    throw new BadInput("EXTRACTION_UNKNOWN_GATEWAY", signer);
                }
                // Of the file's own hash: the same file twice holds the same polls under the same keys.
                long source = ByteBuffer.wrap(sha256).getLong() | Long.MIN_VALUE;
                return record(HexFormat.of().formatHex(sha256), header, polls(reader, signer, source));
            } catch (ContractException e) {
                throw new BadInput("EXTRACTION_DAMAGED", e.getMessage());
            }
        });
    }

    private Map<String, Long> polls(ExtractionContent.Reader reader, String gateway, long source)
            throws IOException, ContractException {
        Map<String, Long> sums = new HashMap<>();
        List<Batch.Entry> group = new ArrayList<>();
        long sequence = 0;
        long bytes = 0;
        for (Optional<byte[]> poll = reader.next(); poll.isPresent(); poll = reader.next()) {
            group.add(new Batch.Entry(++sequence, poll.get()));
            bytes += poll.get().length;
            if (group.size() == GROUP || bytes >= GROUP_BYTES) {
                ingest.extracted(gateway, source, group).forEach((k, n) -> sums.merge(k, n, Long::sum));
                group.clear();
                bytes = 0;
            }
        }
        if (!group.isEmpty()) {
            ingest.extracted(gateway, source, group).forEach((k, n) -> sums.merge(k, n, Long::sum));
        }
        return sums;
    }

    private Extraction record(String sha256, ExtractionContent.Header header, Map<String, Long> sums) {
        jdbc.update(
                "INSERT INTO extraction AS e (sha256, gateway, from_at, to_at, created_at, imported_at, times, polls,"
                        + " new_values, known_values, new_registers, held, quarantined)"
                        + " VALUES (?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?, ?) ON CONFLICT (sha256) DO UPDATE SET"
                        + " imported_at = EXCLUDED.imported_at, times = e.times + 1,"
                        + " new_values = e.new_values + EXCLUDED.new_values, known_values = EXCLUDED.known_values,"
                        + " new_registers = e.new_registers + EXCLUDED.new_registers, held = EXCLUDED.held,"
                        + " quarantined = EXCLUDED.quarantined",
                sha256,
                header.gateway(),
                Timestamp.from(header.from()),
                Timestamp.from(header.to()),
                Timestamp.from(header.created()),
                Timestamp.from(clock.instant()),
                sum(sums, Counters.ENTRIES),
                sum(sums, Counters.VALUES),
                sum(sums, Counters.KNOWN_VALUES),
                sum(sums, Counters.REGISTERS),
                sum(sums, Counters.HELD),
                sum(sums, Counters.QUARANTINED));
        Extraction done = list(sha256, 1, 0).get(0);
        LOG.info(
                "Local extraction of {} taken in: {} polls, {} new values",
                done.gateway(),
                done.polls(),
                sum(sums, Counters.VALUES));
        return done;
    }

    private static long sum(Map<String, Long> sums, String name) {
        return sums.getOrDefault(name, 0L);
    }

    /** Newest first. */
    public List<Extraction> list(int limit, long offset) {
        return list("", limit, offset);
    }

    public long count() {
        Long n = jdbc.queryForObject("SELECT count(*) FROM extraction", Long.class);
        return n == null ? 0 : n;
    }

    private List<Extraction> list(String sha256, int limit, long offset) {
        return jdbc.query(
                "SELECT * FROM extraction WHERE ? IN ('', sha256) ORDER BY imported_at DESC, sha256 LIMIT ? OFFSET ?",
                (r, n) -> new Extraction(
                        r.getString("sha256"),
                        r.getString("gateway"),
                        r.getTimestamp("from_at").toInstant(),
                        r.getTimestamp("to_at").toInstant(),
                        r.getTimestamp("created_at").toInstant(),
                        r.getTimestamp("imported_at").toInstant(),
                        r.getInt("times"),
                        r.getLong("polls"),
                        r.getLong("new_values"),
                        r.getLong("known_values"),
                        r.getLong("new_registers"),
                        r.getLong("held"),
                        r.getLong("quarantined")),
                sha256,
                limit,
                offset);
    }
}
