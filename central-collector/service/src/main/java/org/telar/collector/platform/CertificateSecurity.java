package org.telar.collector.platform;

import java.security.cert.X509Certificate;
import java.util.Set;
import java.util.regex.Pattern;
import javax.security.auth.Subject;

import org.apache.activemq.artemis.core.config.WildcardConfiguration;
import org.apache.activemq.artemis.core.protocol.mqtt.MQTTConnection;
import org.apache.activemq.artemis.core.protocol.mqtt.MQTTUtil;
import org.apache.activemq.artemis.core.remoting.impl.invm.InVMConnection;
import org.apache.activemq.artemis.core.security.CheckType;
import org.apache.activemq.artemis.core.security.Role;
import org.apache.activemq.artemis.spi.core.protocol.RemotingConnection;
import org.apache.activemq.artemis.spi.core.security.ActiveMQSecurityManager5;
import org.apache.activemq.artemis.spi.core.security.jaas.UserPrincipal;
import org.apache.activemq.artemis.utils.CertificateUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who may do what at the broker. A party is its certificate's common name, nothing else: no anonymous, no passwords
 * (S16, S18). A gateway's client id is its name; it sends below its own {@code up} and listens below its own
 * {@code down} (S17). The collector, by the name in its own certificate, may do everything; so may this process itself.
 * Thread-safe.
 */
final class CertificateSecurity implements ActiveMQSecurityManager5 {
    private static final Logger LOG = LoggerFactory.getLogger(CertificateSecurity.class);
    private static final Pattern GATEWAY = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    private static final String RETAINED = "$sys.mqtt.retain.";

    private final String collector;
    private final WildcardConfiguration wildcards;

    CertificateSecurity(String collector, WildcardConfiguration wildcards) {
        this.collector = collector;
        this.wildcards = wildcards;
    }

    @Override
    public Subject authenticate(String user, String password, RemotingConnection connection, String securityDomain) {
        if (connection == null) {
            return null;
        }
        String name = nameOf(connection);
        if (!GATEWAY.matcher(name).matches()) {
            LOG.warn("Connection from {} refused: its certificate names no party", connection.getRemoteAddress());
            return null;
        }
        if (connection instanceof MQTTConnection && !mayBe(name, connection.getClientID())) {
            LOG.warn(
                    "MQTT connection from {} refused: client id {} does not belong to certificate {}",
                    connection.getRemoteAddress(),
                    connection.getClientID(),
                    name);
            return null;
        }
        if (!(connection instanceof MQTTConnection) && !name.equals(collector)) {
            LOG.warn(
                    "Connection from {} refused: certificate {} may use MQTT only",
                    connection.getRemoteAddress(),
                    name);
            return null;
        }
        return subject(name);
    }

    /** The party behind a connection, empty when there is none. */
    String nameOf(RemotingConnection connection) {
        if (connection.getTransportConnection() instanceof InVMConnection) {
            return collector;
        }
        X509Certificate[] chain = CertificateUtil.getCertsFromConnection(connection);
        return chain == null || chain.length == 0
                ? ""
                : TlsMaterial.commonName(chain[0]).orElse("");
    }

    boolean isCollector(String name) {
        return name.equals(collector);
    }

    /** Instances of the collector share a certificate and add their own name to the client id. */
    private boolean mayBe(String name, String clientId) {
        return name.equals(clientId) || name.equals(collector) && clientId != null && clientId.startsWith(name + "-");
    }

    @Override
    public boolean authorize(Subject subject, Set<Role> roles, CheckType check, String address) {
        String name = getUserFromSubject(subject);
        boolean allowed = name != null && (name.equals(collector) || gatewayMay(name, check, address));
        if (!allowed) {
            LOG.warn("{} may not {} {}", name, check, address);
        }
        return allowed;
    }

    private boolean gatewayMay(String gateway, CheckType check, String fullAddress) {
        int mark = fullAddress.indexOf("::");
        String address = mark < 0 ? fullAddress : fullAddress.substring(0, mark);
        if (mark >= 0 && !fullAddress.startsWith(gateway + ".", mark + 2)) {
            return false;
        }
        String own = address.startsWith(RETAINED) ? address.substring(RETAINED.length()) : address;
        boolean up = own.startsWith(core("telar/v1/" + gateway + "/up/"));
        boolean down = own.startsWith(core("telar/v1/" + gateway + "/down/"));
        return switch (check) {
            case SEND -> up;
            case CONSUME,
                    BROWSE,
                    CREATE_DURABLE_QUEUE,
                    CREATE_NON_DURABLE_QUEUE,
                    DELETE_DURABLE_QUEUE,
                    DELETE_NON_DURABLE_QUEUE,
                    DELETE_ADDRESS -> down;
            case CREATE_ADDRESS -> up || down;
            default -> false;
        };
    }

    private String core(String topic) {
        return MQTTUtil.getCoreAddressFromMqttTopic(topic, wildcards);
    }

    private static Subject subject(String name) {
        Subject subject = new Subject();
        subject.getPrincipals().add(new UserPrincipal(name));
        return subject;
    }

    /** Never asked: this broker knows no passwords. */
    @Override
    public boolean validateUser(String user, String password) {
        return false;
    }

    @Override
    public boolean validateUserAndRole(String user, String password, Set<Role> roles, CheckType checkType) {
        return false;
    }
}
