package org.telar.uplink.mqtt.internal;

import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Locale;
import java.util.Map;
import javax.net.ssl.SSLException;

import org.eclipse.paho.mqttv5.common.MqttException;

/**
 * Why a connection was not made or was lost, in a stable code and in words.
 *
 * @param event code of the event that tells of it
 * @param text for people
 * @param code MQTT 5 reason code where the broker gave one, else 0
 */
record Reason(String event, String text, int code) {
    private static final Map<Integer, String> NAMES = Map.ofEntries(
            Map.entry(0x80, "unspecified error"),
            Map.entry(0x81, "malformed packet"),
            Map.entry(0x82, "protocol error"),
            Map.entry(0x83, "implementation specific error"),
            Map.entry(0x84, "unsupported protocol version"),
            Map.entry(0x85, "client identifier not valid"),
            Map.entry(0x86, "bad user name or password"),
            Map.entry(0x87, "not authorised"),
            Map.entry(0x88, "server unavailable"),
            Map.entry(0x89, "server busy"),
            Map.entry(0x8A, "banned"),
            Map.entry(0x8B, "server shutting down"),
            Map.entry(0x8D, "keep alive timeout"),
            Map.entry(0x8E, "session taken over by another client of the same name"),
            Map.entry(0x90, "topic name invalid"),
            Map.entry(0x93, "receive maximum exceeded"),
            Map.entry(0x95, "packet too large"),
            Map.entry(0x96, "message rate too high"),
            Map.entry(0x97, "quota exceeded"),
            Map.entry(0x98, "administrative action"),
            Map.entry(0x99, "payload format invalid"),
            Map.entry(0x9C, "use another server"),
            Map.entry(0x9F, "connection rate exceeded"));

    static final String REFUSED = "BROKER_REFUSED";
    static final int PACKET_TOO_LARGE = 0x95;
    private static final int CLIENT_CODES = 32_000;

    /** @param where what was being done: connect, subscribe, publish, or the broker's own disconnect */
    static Reason refused(int code, String where) {
        String name = NAMES.getOrDefault(code, "unknown reason");
        return new Reason(REFUSED, String.format("the broker refused (%s): 0x%02X %s", where, code, name), code);
    }

    static boolean isRefusal(int code) {
        return code >= 0x80 && code <= 0xFF;
    }

    static Reason of(Throwable failure, String where) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t instanceof SSLException || t instanceof java.security.cert.CertificateException) {
                return tls(t);
            }
        }
        if (failure instanceof MqttException m) {
            if (isRefusal(m.getReasonCode())) {
                return refused(m.getReasonCode(), where);
            }
            Throwable cause = m.getCause() == null ? m : m.getCause();
            String text = cause == m && m.getReasonCode() >= CLIENT_CODES
                    ? m.getMessage() + " (" + m.getReasonCode() + ")"
                    : cause.toString();
            return new Reason("LINK_DOWN", where + ": " + text, 0);
        }
        return new Reason("LINK_DOWN", where + ": " + failure, 0);
    }

    private static Reason tls(Throwable failure) {
        String text = String.valueOf(failure.getMessage());
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t instanceof CertificateExpiredException) {
                return new Reason("TLS_EXPIRED", "the broker's certificate has expired: " + t.getMessage(), 0);
            }
            if (t instanceof CertificateNotYetValidException) {
                return new Reason(
                        "TLS_NOT_YET_VALID", "the broker's certificate is not valid yet: " + t.getMessage(), 0);
            }
            if (t instanceof CertPathBuilderException) {
                return new Reason("TLS_UNKNOWN_CA", "no CA we trust signed the broker's certificate", 0);
            }
        }
        String lower = text.toLowerCase(Locale.ROOT);
        if (lower.contains("no name matching") || lower.contains("no subject alternative")) {
            return new Reason("TLS_WRONG_NAME", "the broker's certificate is another host's: " + text, 0);
        }
        if (lower.contains("fatal alert")) {
            return new Reason("TLS_REFUSED", "the broker refused our certificate: " + text, 0);
        }
        return new Reason("TLS_FAILED", "the TLS handshake failed: " + text, 0);
    }
}
