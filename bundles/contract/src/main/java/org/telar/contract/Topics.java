package org.telar.contract;

import java.util.Optional;

import org.telar.api.store.OutboxKind;

/** Names of the MQTT topics: {@code telar/v1/{gateway}/{up|down}/{what}}. */
public final class Topics {
    /** What the collector listens to, one subscription shared by its instances. */
    public static final String COLLECTOR_SHARE = "$share/collector/telar/v1/+/up/#";

    /** Last part of the upward topic of order receipts: not durable, so apart from {@code results} (D15). */
    public static final String RECEIPTS = "receipts";

    private static final String ROOT = "telar/v1/";

    private Topics() {}

    public static String up(String gateway, OutboxKind kind) {
        return up(gateway, kind.topic());
    }

    public static String up(String gateway, String what) {
        return ROOT + gateway + "/up/" + what;
    }

    public static String down(String gateway, String what) {
        return ROOT + gateway + "/down/" + what;
    }

    /** Gateway and last part of an upward topic, or empty when it is none of ours. */
    public static Optional<Upward> upward(String topic) {
        String[] p = topic.split("/", -1);
        boolean ours = p.length == 5 && p[0].equals("telar") && p[1].equals("v1") && p[3].equals("up");
        return ours ? Optional.of(new Upward(p[2], p[4])) : Optional.empty();
    }

    /** Last part of a downward topic for {@code gateway}, or empty. */
    public static Optional<String> downward(String gateway, String topic) {
        String prefix = ROOT + gateway + "/down/";
        return topic.startsWith(prefix) ? Optional.of(topic.substring(prefix.length())) : Optional.empty();
    }

    /** @param what {@code readings}, {@code events}, {@code results}, {@code receipts} or {@code status} */
    public record Upward(String gateway, String what) {}
}
