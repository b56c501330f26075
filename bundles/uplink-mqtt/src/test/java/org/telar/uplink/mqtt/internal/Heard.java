package org.telar.uplink.mqtt.internal;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import org.telar.api.platform.EventSink;

/** Events as a test sees them. */
final class Heard implements EventSink {
    private final List<String> codes = new CopyOnWriteArrayList<>();
    private final List<String> texts = new CopyOnWriteArrayList<>();

    @Override
    public void event(String code, Severity severity, String meter, String text, Map<String, String> detail) {
        texts.add(code + " " + text + " " + detail);
        codes.add(code);
    }

    List<String> codes() {
        return codes;
    }

    List<String> texts() {
        return texts;
    }
}
