package org.telar.collector.ingest;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;
import org.telar.api.model.Obis;
import org.telar.api.model.Unit;

/** Numbers of shapes. A new one is committed at once, apart from the caller's transaction. Thread-safe. */
public final class Shapes {
    private final JdbcTemplate jdbc;
    private final TransactionTemplate apart;
    private final Map<Shape, Integer> ids = new ConcurrentHashMap<>();
    private final Map<Integer, Shape> shapes = new ConcurrentHashMap<>();

    public Shapes(DataSource smmc) {
        this.jdbc = new JdbcTemplate(smmc);
        this.apart = new TransactionTemplate(new JdbcTransactionManager(smmc));
        apart.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
    }

    int idOf(Shape shape) {
        Integer known = ids.get(shape);
        if (known != null) {
            return known;
        }
        String text = shape.text();
        int id = apart.execute(status -> {
            jdbc.update(
                    "INSERT INTO lp_shape (shape, profile, period_s) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                    text,
                    shape.profile().toString(),
                    (int) shape.period().toSeconds());
            return jdbc.queryForObject("SELECT shape_id FROM lp_shape WHERE shape = ?", Integer.class, text);
        });
        ids.put(shape, id);
        shapes.put(id, shape);
        return id;
    }

    Shape byId(int id) {
        return shapes.computeIfAbsent(id, i -> {
            String text = jdbc.queryForObject("SELECT shape FROM lp_shape WHERE shape_id = ?", String.class, i);
            return parse(text);
        });
    }

    static Shape parse(String text) {
        String[] parts = text.split("/");
        List<Shape.Channel> channels = new ArrayList<>();
        for (int i = 3; i < parts.length; i++) {
            String[] c = parts[i].split(":");
            channels.add(new Shape.Channel(Obis.parse(c[0]), new Unit(Integer.parseInt(c[1]), Integer.parseInt(c[2]))));
        }
        return new Shape(
                Obis.parse(parts[0]),
                Duration.ofSeconds(Long.parseLong(parts[1])),
                Integer.parseInt(parts[2]),
                channels);
    }
}
