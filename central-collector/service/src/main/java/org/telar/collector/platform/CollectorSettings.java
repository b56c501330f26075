package org.telar.collector.platform;

import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Optional;
import java.util.Set;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.telar.collector.RefusedException;

/**
 * Everything a site may set, keys {@code telar.*}. Paths are relative to the working directory.
 *
 * @param data folder of everything the collector keeps; created with mode 0700
 * @param roles {@code collector}, {@code broker}, or both
 * @param instance name of this instance, unique among those that share a broker; 1..32 of letters, digits, - and _
 * @param portBase first of a block of ports: http, mqtt, database, jms in this order; 0 = each has its own default
 * @param zone civil time of meters that say nothing else (D5)
 * @param clock where the demo's movable clock is read from
 */
@ConfigurationProperties("telar")
public record CollectorSettings(
        @DefaultValue("data") Path data,
        @DefaultValue({"collector", "broker"}) Set<String> roles,
        @DefaultValue("1") String instance,
        @DefaultValue("0") int portBase,
        @DefaultValue("America/Santiago") ZoneId zone,
        @DefaultValue ClockFile clock,
        @DefaultValue Http http,
        @DefaultValue Mqtt mqtt,
        @DefaultValue Jms jms,
        @DefaultValue Database database,
        @DefaultValue Tls tls,
        @DefaultValue Orders orders,
        @DefaultValue Plans plans,
        @DefaultValue Keys keys) {

    public CollectorSettings {
        for (String role : roles) {
            if (!role.equals("collector") && !role.equals("broker")) {
                throw new RefusedException("telar.roles is collector, broker or both, got: " + role + ".");
            }
        }
        if (roles.isEmpty()) {
            throw new RefusedException("telar.roles is collector, broker or both, got nothing.");
        }
        if (!instance.matches("[A-Za-z0-9_-]{1,32}")) {
            throw new RefusedException("telar.instance is 1 to 32 letters, digits, - or _, got: " + instance + ".");
        }
        if (portBase < 0 || portBase > 65_000) {
            throw new RefusedException("telar.port-base is 0 to 65000, got " + portBase + ".");
        }
    }

    /** @param file see {@link org.telar.api.platform.OffsetClock} */
    public record ClockFile(Optional<String> file) {}

    /** @param port HTTPS; 0 = any free one, -1 = from the block, or 8443 */
    public record Http(
            @DefaultValue("-1") int port,
            @DefaultValue("0.0.0.0") String address) {}

    /**
     * @param port of the embedded broker; 0 = any free one, -1 = from the block, or 8883
     * @param url of another broker, {@code ssl://host:port}; empty = the embedded one
     * @param maximumPacketBytes larger packets are refused
     * @param inFlight deliveries taken before the first is acknowledged, 1..1000
     */
    public record Mqtt(
            @DefaultValue("-1") int port,
            @DefaultValue("0.0.0.0") String address,
            Optional<String> url,
            @DefaultValue("4194304") int maximumPacketBytes,
            @DefaultValue("32") int inFlight) {
        public Mqtt {
            if (inFlight < 1 || inFlight > 1000) {
                throw new RefusedException("telar.mqtt.in-flight is 1 to 1000, got " + inFlight + ".");
            }
        }
    }

    /**
     * @param url of another JMS broker (Artemis core protocol); empty = the embedded one, inside the process
     * @param port where an embedded broker takes JMS from other processes over mutual TLS; -1 = not at all
     */
    public record Jms(
            Optional<String> url,
            Optional<String> user,
            Optional<String> passwordFile,
            @DefaultValue("-1") int port) {}

    /**
     * @param port of the embedded server, loopback only; 0 = any free one, -1 = from the block, or any free one
     * @param url JDBC URL of the central database on a server of yours; empty = the embedded server
     * @param legacyUrl JDBC URL of the Legacy Integration Database: with url always needed, without it for a Legacy
     *     that is elsewhere while the central database is embedded
     * @param software where the embedded server's binaries are unpacked; empty = under the data folder
     */
    public record Database(
            @DefaultValue("-1") int port,
            Optional<String> url,
            @DefaultValue("smmc") String user,
            Optional<String> passwordFile,
            Optional<String> legacyUrl,
            @DefaultValue("legacy") String legacyUser,
            Optional<String> legacyPasswordFile,
            Optional<String> software) {}

    /**
     * @param keyStore PKCS#12 with the collector's key and certificate chain: HTTPS, broker and MQTT client
     * @param trustStore PKCS#12 with the authorities that gateways and broker are verified by
     * @param passwordFile text file with the password of both
     */
    public record Tls(Optional<String> keyStore, Optional<String> trustStore, Optional<String> passwordFile) {}

    /**
     * @param deadline of an order on demand (R28)
     * @param receipt how long a concentrator may take to say that it has an order (D15)
     * @param runDeadline of an N2PLoad run ordered by the centre
     */
    public record Orders(
            @DefaultValue("5m") Duration deadline,
            @DefaultValue("30s") Duration receipt,
            @DefaultValue("2h") Duration runDeadline) {}

    /** @param file with the key that wraps meters' keys, 32 bytes in Base64; empty = made in the data folder */
    public record Keys(Optional<String> file) {}

    /**
     * @param daily whether installed meters have the default daily plan (R30)
     * @param dailyFrom local start of its window
     * @param dailyUntil its local end
     * @param concentrators loaded by it at a time
     * @param tries of a concentrator's load in a day
     * @param retryAfter pause between them
     * @param keep how long items of ended runs are kept
     */
    public record Plans(
            @DefaultValue("true") boolean daily,
            @DefaultValue("03:00") LocalTime dailyFrom,
            @DefaultValue("23:30") LocalTime dailyUntil,
            @DefaultValue("500") int concentrators,
            @DefaultValue("4") int tries,
            @DefaultValue("1h") Duration retryAfter,
            @DefaultValue("30d") Duration keep) {}

    public boolean embedsBroker() {
        return roles.contains("broker") && mqtt.url().isEmpty();
    }

    public int httpPort() {
        return port(http.port(), 0, 8443);
    }

    public int mqttPort() {
        return port(mqtt.port(), 1, 8883);
    }

    public int databasePort() {
        return port(database.port(), 2, 0);
    }

    private int port(int given, int inBlock, int otherwise) {
        if (given >= 0) {
            return given;
        }
        return portBase > 0 ? portBase + inBlock : otherwise;
    }
}
