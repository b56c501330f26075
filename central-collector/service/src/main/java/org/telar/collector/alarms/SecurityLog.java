package org.telar.collector.alarms;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

import org.springframework.jdbc.core.JdbcTemplate;
import org.telar.api.platform.EventSink.Severity;
import tools.jackson.databind.json.JsonMapper;

/**
 * Tells security events and the audit to the site's log: syslog of RFC 5424, framed by octet counts over TLS (RFC 5425),
 * the message a JSON object. What was not written stays marked in the database. Syslog knows no acknowledgement: what
 * the receiver loses after it has taken the bytes is in the export. One thread uses it.
 */
final class SecurityLog implements AutoCloseable {
    private static final int AT_ONCE = 200;
    private static final int AUTHORIZATION = 10;
    private static final int AUDIT = 13;
    private static final int NOTICE = 5;
    private static final int LONGEST_MESSAGE = 8_000;
    private static final int DEADLINE_MS = 10_000;
    private static final JsonMapper JSON = JsonMapper.shared();

    private final JdbcTemplate jdbc;
    private final SSLContext tls;
    private final URI receiver;
    private final String host;
    private final String process;
    private SSLSocket socket;

    /** @param host our name in the messages */
    SecurityLog(JdbcTemplate jdbc, SSLContext tls, URI receiver, String host) {
        this.jdbc = jdbc;
        this.tls = tls;
        this.receiver = receiver;
        this.host = host;
        this.process = Long.toString(ProcessHandle.current().pid());
    }

    /** @return whether there may be more right now */
    boolean send() throws IOException {
        try {
            boolean events = events();
            boolean audit = audit();
            return events || audit;
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    private boolean events() throws IOException {
        List<Map.Entry<String, String>> lines = jdbc.query(
                "SELECT event_id, gateway, meter_no, code, severity, at, text FROM event WHERE syslog_pending"
                        + " ORDER BY received_at, event_id LIMIT " + AT_ONCE,
                (r, n) -> {
                    Map<String, Object> body = new LinkedHashMap<>();
                    body.put("event", r.getString(4));
                    body.put("gateway", r.getString(2));
                    body.put("meter", r.getString(3));
                    body.put("text", r.getString(7));
                    Instant at = r.getTimestamp(6).toInstant();
                    int severity = severity(Severity.valueOf(r.getString(5)));
                    return Map.entry(r.getString(1), line(AUTHORIZATION, severity, at, r.getString(4), body));
                });
        if (!lines.isEmpty()) {
            write(lines.stream().map(Map.Entry::getValue).toList());
            jdbc.batchUpdate(
                    "UPDATE event SET syslog_pending = false WHERE event_id = ?",
                    lines.stream().map(l -> new Object[] {l.getKey()}).toList());
        }
        return lines.size() == AT_ONCE;
    }

    private boolean audit() throws IOException {
        List<Map.Entry<Long, String>> lines = jdbc.query(
                "SELECT seq, at, who, kind, source, action, target, result FROM audit"
                        + " WHERE seq > (SELECT audit_seq FROM syslog_mark) ORDER BY seq LIMIT " + AT_ONCE,
                (r, n) -> {
                    Map<String, Object> body = new LinkedHashMap<>();
                    body.put("seq", r.getLong(1));
                    body.put("who", r.getString(3));
                    body.put("kind", r.getString(4));
                    body.put("source", r.getString(5));
                    body.put("action", r.getString(6));
                    body.put("target", r.getString(7));
                    body.put("result", r.getInt(8));
                    Instant at = r.getTimestamp(2).toInstant();
                    return Map.entry(r.getLong(1), line(AUDIT, NOTICE, at, "AUDIT", body));
                });
        if (!lines.isEmpty()) {
            write(lines.stream().map(Map.Entry::getValue).toList());
            jdbc.update(
                    "UPDATE syslog_mark SET audit_seq = greatest(audit_seq, ?)",
                    lines.get(lines.size() - 1).getKey());
        }
        return lines.size() == AT_ONCE;
    }

    private static int severity(Severity severity) {
        return switch (severity) {
            case INFO -> NOTICE;
            case WARNING -> 4;
            case CRITICAL -> 2;
        };
    }

    /** {@code <PRI>1 TIMESTAMP HOST APP PROCID MSGID - MSG}. */
    private String line(int facility, int severity, Instant at, String id, Map<String, Object> body) {
        String text = JSON.writeValueAsString(body);
        return "<" + (facility * 8 + severity) + ">1 " + at + " " + host + " telar-collector " + process + " "
                + (id.length() > 32 ? id.substring(0, 32) : id) + " - "
                + (text.length() > LONGEST_MESSAGE ? text.substring(0, LONGEST_MESSAGE) : text);
    }

    private void write(List<String> lines) throws IOException {
        connect();
        OutputStream out = new BufferedOutputStream(socket.getOutputStream(), 64 * 1024);
        for (String line : lines) {
            byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
            out.write((bytes.length + " ").getBytes(StandardCharsets.US_ASCII));
            out.write(bytes);
        }
        out.flush();
    }

    private void connect() throws IOException {
        if (socket != null && gone()) {
            close();
        }
        if (socket == null) {
            Socket plain = new Socket();
            try {
                plain.connect(new InetSocketAddress(receiver.getHost(), receiver.getPort()), DEADLINE_MS);
                SSLSocket secure = (SSLSocket)
                        tls.getSocketFactory().createSocket(plain, receiver.getHost(), receiver.getPort(), true);
                SSLParameters parameters = secure.getSSLParameters();
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
                secure.setSSLParameters(parameters);
                secure.setSoTimeout(DEADLINE_MS);
                secure.startHandshake();
                socket = secure;
            } catch (IOException e) {
                plain.close();
                throw e;
            }
        }
    }

    /** A receiver says nothing, so the end of its stream is the only sign that it went away. */
    private boolean gone() throws IOException {
        socket.setSoTimeout(1);
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketTimeoutException stillThere) {
            socket.setSoTimeout(DEADLINE_MS);
            return false;
        } catch (IOException broken) {
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        SSLSocket open = socket;
        socket = null;
        if (open != null) {
            open.close();
        }
    }
}
