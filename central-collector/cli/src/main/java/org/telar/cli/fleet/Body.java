package org.telar.cli.fleet;

import java.util.Collection;
import java.util.Optional;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** The JSON of a request; what was not given is left out. */
public final class Body {
    private final ObjectNode node = JsonNodeFactory.instance.objectNode();

    public Body with(String name, String value) {
        if (!value.isEmpty()) {
            node.put(name, value);
        }
        return this;
    }

    public Body with(String name, Optional<?> value) {
        value.ifPresent(v -> {
            if (v instanceof Integer number) {
                node.put(name, number);
            } else if (v instanceof Boolean flag) {
                node.put(name, flag);
            } else {
                node.put(name, v.toString());
            }
        });
        return this;
    }

    public Body with(String name, Collection<String> values) {
        if (!values.isEmpty()) {
            ArrayNode array = node.putArray(name);
            values.forEach(array::add);
        }
        return this;
    }

    Body with(String name, Body value) {
        if (!value.node.isEmpty()) {
            node.set(name, value.node);
        }
        return this;
    }

    Body withAll(String name, Collection<Body> values) {
        if (!values.isEmpty()) {
            ArrayNode array = node.putArray(name);
            values.forEach(v -> array.add(v.node));
        }
        return this;
    }

    public String text() {
        return node.toString();
    }
}
