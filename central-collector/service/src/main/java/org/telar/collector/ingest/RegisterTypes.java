package org.telar.collector.ingest;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;
import org.telar.api.model.Obis;
import org.telar.api.model.Unit;

/** Numbers of registers with their scaler and unit; committed at once like {@link Shapes}. Thread-safe. */
public final class RegisterTypes {
    private final JdbcTemplate jdbc;
    private final TransactionTemplate apart;
    private final Map<Type, Integer> ids = new ConcurrentHashMap<>();

    private record Type(Obis register, Unit unit) {}

    public RegisterTypes(DataSource smmc) {
        this.jdbc = new JdbcTemplate(smmc);
        this.apart = new TransactionTemplate(new JdbcTransactionManager(smmc));
        apart.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
    }

    int idOf(Obis register, Unit unit) {
        Type type = new Type(register, unit);
        Integer known = ids.get(type);
        if (known != null) {
            return known;
        }
        Object[] key = {register.toString(), unit.scaler(), unit.code()};
        int id = apart.execute(status -> {
            jdbc.update("INSERT INTO register_type (obis, scaler, unit) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", key);
            return jdbc.queryForObject(
                    "SELECT type_id FROM register_type WHERE obis = ? AND scaler = ? AND unit = ?", Integer.class, key);
        });
        ids.put(type, id);
        return id;
    }
}
