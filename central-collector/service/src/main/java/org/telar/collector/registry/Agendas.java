package org.telar.collector.registry;

import java.time.ZoneId;
import java.util.List;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import org.telar.collector.gatewaylink.Downlink;
import org.telar.contract.Agenda;
import org.telar.contract.Contract;
import org.telar.contract.ContractException;

/**
 * Agendas of concentrators: versioned, stored, then sent down retained (R92). What could not be sent is sent when there
 * is a link again. Thread-safe.
 */
@Component
public class Agendas {
    private static final Logger LOG = LoggerFactory.getLogger(Agendas.class);

    private final JdbcTemplate jdbc;
    private final TransactionTemplate transactions;
    private final Downlink downlink;

    private record Waiting(String gateway, long version, byte[] agenda) {}

    public Agendas(JdbcTemplate jdbc, TransactionTemplate transactions, Downlink downlink) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.downlink = downlink;
    }

    /** Stores the next version; {@link #push} sends it. */
    public Agenda set(String gateway, ZoneId zone, List<Agenda.Activity> activities) {
        return transactions.execute(status -> {
            Long version = jdbc.queryForObject(
                    "UPDATE gateway SET agenda_version = agenda_version + 1 WHERE gateway_id = ? RETURNING agenda_version",
                    Long.class,
                    gateway);
            Agenda agenda = new Agenda(version == null ? 1 : version, zone, activities);
            jdbc.update(
                    "UPDATE gateway SET agenda = ?, agenda_pushed = false WHERE gateway_id = ?",
                    Contract.encode(agenda),
                    gateway);
            return agenda;
        });
    }

    /** Sends what waits. */
    public void push() {
        if (downlink.isConnected()) {
            transactions.executeWithoutResult(status -> sendWaiting());
        }
    }

    private void sendWaiting() {
        List<Waiting> waiting = jdbc.query(
                "SELECT gateway_id, agenda_version, agenda FROM gateway WHERE NOT agenda_pushed LIMIT 100"
                        + " FOR UPDATE SKIP LOCKED",
                (r, n) -> new Waiting(r.getString(1), r.getLong(2), r.getBytes(3)));
        for (Waiting w : waiting) {
            try {
                downlink.agenda(w.gateway(), Contract.decodeAgenda(w.agenda()));
                jdbc.update(
                        "UPDATE gateway SET agenda_pushed = true WHERE gateway_id = ? AND agenda_version = ?",
                        w.gateway(),
                        w.version());
            } catch (Downlink.LinkDownException e) {
                LOG.info("The agenda of {} waits: {}", w.gateway(), e.getMessage());
            } catch (ContractException e) {
                throw new IllegalStateException("a stored agenda is damaged", e);
            }
        }
    }
}
