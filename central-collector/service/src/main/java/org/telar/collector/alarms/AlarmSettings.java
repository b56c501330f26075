package org.telar.collector.alarms;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.telar.collector.RefusedException;

/**
 * Keys {@code telar.alarms.*}.
 *
 * @param table replaces the table event to alarm
 * @param statusBits replaces the table of the bits of status words
 * @param stormCount alarms of one kind from one concentrator within {@code stormWithin} that are too many to tell each
 * @param stormWithin also how long it must be quiet until a storm is over
 * @param topic JMS topic where changes of alarms are told
 * @param recipients common names of certificates that are told by MQTT too, each at {@code telar/v1/NAME/down/alarms}
 * @param syslog {@code tls://host:port} of the site's security log (RFC 5424 over TLS, RFC 5425); empty = none
 */
@ConfigurationProperties("telar.alarms")
public record AlarmSettings(
        Optional<String> table,
        Optional<String> statusBits,
        @DefaultValue("50") int stormCount,
        @DefaultValue("PT10M") Duration stormWithin,
        @DefaultValue("telar.v1.alarms") String topic,
        @DefaultValue List<String> recipients,
        Optional<String> syslog) {

    public AlarmSettings {
        if (stormCount < 2 || stormCount > 100_000) {
            throw new RefusedException("telar.alarms.storm-count is 2 to 100000, got " + stormCount + ".");
        }
        if (stormWithin.compareTo(Duration.ofSeconds(10)) < 0 || stormWithin.compareTo(Duration.ofDays(1)) > 0) {
            throw new RefusedException("telar.alarms.storm-within is PT10S to P1D, got " + stormWithin + ".");
        }
        if (!topic.matches("[a-zA-Z0-9._-]{1,200}")) {
            throw new RefusedException(
                    "telar.alarms.topic is letters, digits, dots, dashes and underscores, got: " + topic + ".");
        }
        for (String recipient : recipients) {
            if (!recipient.matches("[A-Za-z0-9_-]{1,64}")) {
                throw new RefusedException(
                        "telar.alarms.recipients are 1 to 64 letters, digits, dashes and underscores," + " got: "
                                + recipient + ".");
            }
        }
        if (syslog.isPresent() && !syslog.get().matches("tls://[^/:]+:[0-9]{1,5}")) {
            throw new RefusedException("telar.alarms.syslog is tls://host:port, got: " + syslog.get() + ".");
        }
    }
}
