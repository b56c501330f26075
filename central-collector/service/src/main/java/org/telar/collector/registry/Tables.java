package org.telar.collector.registry;

import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import org.telar.api.meter.MeterKeys;
import org.telar.api.model.MeterId;
import org.telar.collector.gatewaylink.Downlink;
import org.telar.collector.platform.TlsMaterial;
import org.telar.contract.Contract;
import org.telar.contract.ContractException;
import org.telar.contract.KeyTable;
import org.telar.contract.Table;

/**
 * The meter table of each concentrator: made anew when a meter or a key of its own has changed, versioned, sent down
 * retained with its keys sealed, and confirmed (R32, R88, D17). While a meter of the concentrator has no address here no
 * table is sent, so that a table kept on the gateway by hand is never cut. Thread-safe; several instances may work.
 */
@Component
public class Tables {
    private static final Logger LOG = LoggerFactory.getLogger(Tables.class);
    private static final int AT_ONCE = 50;
    private static final String HEADER =
            "meter,driver,model,identity,medium,address,client_sap,authentication,zone,state,parameters\n";

    private final JdbcTemplate jdbc;
    private final TransactionTemplate transactions;
    private final Downlink downlink;
    private final KeyBook keys;
    private final Envelope envelope;

    private record Due(String gateway, long version, Optional<byte[]> certificate) {}

    private record Waiting(String gateway, long version, byte[] table) {}

    public Tables(
            JdbcTemplate jdbc, TransactionTemplate transactions, Downlink downlink, KeyBook keys, TlsMaterial tls) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.downlink = downlink;
        this.keys = keys;
        this.envelope = new Envelope(tls.privateKey(), tls.certificate());
    }

    /** Makes what is due and sends what waits. */
    public void push() {
        transactions.executeWithoutResult(status -> due().forEach(this::make));
        if (downlink.isConnected()) {
            transactions.executeWithoutResult(status -> waiting().forEach(this::send));
        }
    }

    private List<Due> due() {
        return jdbc.query(
                "SELECT gateway_id, table_version, certificate FROM gateway WHERE table_due AND registered LIMIT ?"
                        + " FOR UPDATE SKIP LOCKED",
                (r, n) -> new Due(r.getString(1), r.getLong(2), Optional.ofNullable(r.getBytes(3))),
                AT_ONCE);
    }

    private void make(Due due) {
        StringBuilder csv = new StringBuilder(HEADER);
        int[] count = new int[2];
        jdbc.query(
                "SELECT meter_no, driver, model, identity, medium, address, client_sap, authentication, zone, state,"
                        + " parameters FROM meter WHERE gateway_id = ? AND mode = 'CONCENTRATED'"
                        + " AND state IN ('BOUND', 'COMMISSIONED', 'SUSPENDED') ORDER BY meter_no",
                r -> {
                    count[0]++;
                    count[1] += r.getString(2).isEmpty()
                                    || r.getString(5).isEmpty()
                                    || r.getString(6).isEmpty()
                            ? 1
                            : 0;
                    for (int c = 1; c <= 11; c++) {
                        csv.append(r.getString(c)).append(c < 11 ? ',' : '\n');
                    }
                },
                due.gateway());
        if (count[1] > 0 || count[0] == 0 && due.version() == 0) {
            jdbc.update(
                    "UPDATE gateway SET table_due = false, table_missing = ? WHERE gateway_id = ?",
                    count[1],
                    due.gateway());
            return;
        }
        long version = due.version() + 1;
        byte[] payload = Contract.encode(new Table(version, csv.toString(), sealed(due, version)));
        jdbc.update(
                "UPDATE gateway SET table_due = false, table_missing = 0, table_version = ?, table_payload = ?,"
                        + " table_pushed = false WHERE gateway_id = ?",
                version,
                payload,
                due.gateway());
        LOG.info("Meter table {} of {} has {} meters", version, due.gateway(), count[0]);
    }

    /** Empty without a certificate to seal for, or without keys: the gateway's stay as they are. */
    private byte[] sealed(Due due, long version) {
        if (due.certificate().isEmpty()) {
            return new byte[0];
        }
        Map<MeterId, MeterKeys> all = keys.of(due.gateway());
        if (all.isEmpty()) {
            return new byte[0];
        }
        byte[] clear = Contract.encode(new KeyTable(due.gateway(), version, all));
        try {
            return envelope.seal(clear, certificate(due.certificate().get()));
        } finally {
            java.util.Arrays.fill(clear, (byte) 0);
            all.values().forEach(KeyBook::wipe);
        }
    }

    static X509Certificate certificate(byte[] encoded) {
        try {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(encoded));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a stored certificate is damaged", e);
        }
    }

    private List<Waiting> waiting() {
        return jdbc.query(
                "SELECT gateway_id, table_version, table_payload FROM gateway WHERE NOT table_pushed LIMIT ?"
                        + " FOR UPDATE SKIP LOCKED",
                (r, n) -> new Waiting(r.getString(1), r.getLong(2), r.getBytes(3)),
                AT_ONCE);
    }

    private void send(Waiting w) {
        try {
            downlink.table(w.gateway(), Contract.decodeTable(w.table()));
            jdbc.update(
                    "UPDATE gateway SET table_pushed = true WHERE gateway_id = ? AND table_version = ?",
                    w.gateway(),
                    w.version());
        } catch (Downlink.LinkDownException e) {
            LOG.info("The meter table of {} waits: {}", w.gateway(), e.getMessage());
        } catch (ContractException e) {
            throw new IllegalStateException("a stored table is damaged", e);
        }
    }
}
