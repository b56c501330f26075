package org.telar.collector.registry;

import java.util.List;
import java.util.Map;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import org.telar.collector.BadInput;
import org.telar.collector.gatewaylink.Downlink;
import org.telar.contract.Config;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Values that replace those of gateways' own configuration: versioned, stored, then sent down retained. Thread-safe. */
@Component
public class Configurations {
    private static final Logger LOG = LoggerFactory.getLogger(Configurations.class);
    private static final JsonMapper JSON = JsonMapper.shared();

    private final JdbcTemplate jdbc;
    private final TransactionTemplate transactions;
    private final Downlink downlink;

    private record Waiting(String gateway, Config config) {}

    public Configurations(JdbcTemplate jdbc, TransactionTemplate transactions, Downlink downlink) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.downlink = downlink;
    }

    /**
     * Stores the next version; {@link #push} sends it. The gateway checks the values and says what became of them.
     *
     * @throws BadInput when names or texts cannot be values at all
     */
    public long set(String gateway, Map<String, String> values) {
        boolean form = !values.isEmpty()
                && values.size() <= 64
                && values.entrySet().stream()
                        .allMatch(v -> v.getKey().matches("[a-z][a-z.]{0,63}")
                                && v.getValue() != null
                                && v.getValue().length() <= 1_000);
        if (!form) {
            throw new BadInput("CONFIG_VALUES");
        }
        Long version = jdbc.queryForObject(
                "UPDATE gateway SET config_version = config_version + 1, config = ?::jsonb, config_pushed = false"
                        + " WHERE gateway_id = ? RETURNING config_version",
                Long.class,
                JSON.writeValueAsString(values),
                gateway);
        return version == null ? 0 : version;
    }

    /** Sends what waits. */
    public void push() {
        if (downlink.isConnected()) {
            transactions.executeWithoutResult(status -> waiting().forEach(this::send));
        }
    }

    private List<Waiting> waiting() {
        return jdbc.query(
                "SELECT gateway_id, config_version, config FROM gateway WHERE NOT config_pushed LIMIT 100"
                        + " FOR UPDATE SKIP LOCKED",
                (r, n) -> new Waiting(
                        r.getString(1),
                        new Config(
                                r.getLong(2),
                                JSON.readValue(r.getString(3), new TypeReference<Map<String, String>>() {}))));
    }

    private void send(Waiting w) {
        try {
            downlink.config(w.gateway(), w.config());
            jdbc.update("UPDATE gateway SET config_pushed = true WHERE gateway_id = ?", w.gateway());
        } catch (Downlink.LinkDownException e) {
            LOG.info("The configuration of {} waits: {}", w.gateway(), e.getMessage());
        }
    }
}
