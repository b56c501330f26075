package org.telar.meter.iec21.internal;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.telar.api.model.Obis;

/** What was learned of the models seen: the shape of their profiles, and which take no R6. Thread-safe, bounded. */
final class Learned {
    private static final int MAX_MODELS = 1000;

    private record Key(String model, Obis profile) {}

    private final Map<Key, ProfileBlocks.Shape> shapes = new ConcurrentHashMap<>();
    private final Set<String> wholeOnly = ConcurrentHashMap.newKeySet();

    Optional<ProfileBlocks.Shape> shape(String model, Obis profile) {
        return Optional.ofNullable(shapes.get(new Key(model, profile)));
    }

    void shape(String model, Obis profile, ProfileBlocks.Shape shape) {
        if (shapes.size() < MAX_MODELS) {
            shapes.put(new Key(model, profile), shape);
        }
    }

    boolean takesPartialBlocks(String model) {
        return !wholeOnly.contains(model);
    }

    void takesNoPartialBlocks(String model) {
        if (wholeOnly.size() < MAX_MODELS) {
            wholeOnly.add(model);
        }
    }
}
