package org.telar.collector.platform;

import java.util.List;

import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttSubscribeMessage;
import io.netty.handler.codec.mqtt.MqttTopicSubscription;
import io.netty.handler.codec.mqtt.MqttUnsubscribeMessage;
import org.apache.activemq.artemis.core.protocol.mqtt.MQTTInterceptor;
import org.apache.activemq.artemis.spi.core.protocol.RemotingConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the connection of a gateway that subscribes to anything but its own {@code down}, before the broker looks at the
 * request. Artemis 2.53 deletes the queue of a subscription that it refuses: without this guard a gateway that asks for
 * the collectors' shared subscription takes it, and what waits in it, away from them (S17). Thread-safe.
 */
final class SubscriptionGuard implements MQTTInterceptor {
    private static final Logger LOG = LoggerFactory.getLogger(SubscriptionGuard.class);
    private final CertificateSecurity security;

    SubscriptionGuard(CertificateSecurity security) {
        this.security = security;
    }

    @Override
    public boolean intercept(MqttMessage packet, RemotingConnection connection) {
        List<String> filters;
        if (packet instanceof MqttSubscribeMessage subscribe) {
            filters = subscribe.payload().topicSubscriptions().stream()
                    .map(MqttTopicSubscription::topicFilter)
                    .toList();
        } else if (packet instanceof MqttUnsubscribeMessage unsubscribe) {
            filters = unsubscribe.payload().topics();
        } else {
            return true;
        }
        String name = security.nameOf(connection);
        if (security.isCollector(name)) {
            return true;
        }
        for (String filter : filters) {
            if (filter == null || !filter.startsWith("telar/v1/" + name + "/down/") || filter.contains("::")) {
                LOG.warn("{} asked for the subscription {} and was disconnected", name, filter);
                return false;
            }
        }
        return true;
    }
}
