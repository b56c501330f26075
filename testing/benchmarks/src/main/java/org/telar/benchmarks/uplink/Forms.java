package org.telar.benchmarks.uplink;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.Deflater;

import com.google.protobuf.CodedOutputStream;
import org.telar.api.model.Obis;
import org.telar.benchmarks.LedgerData;

/**
 * The same data as others write it. Each form is given its best case: all rows of all meters in one stream, so that
 * neither topic nor header is repeated. Stateless.
 */
final class Forms {
    // Eclipse Tahu's Sparkplug B: Payload{timestamp = 1, metrics = 2}, Metric{alias = 2, timestamp = 3, datatype = 4,
    // int_value = 10, long_value = 11}; Int64 is data type 4.
    private static final int SPARKPLUG_METRICS = 2;
    private static final int METRIC_ALIAS = 2;
    private static final int METRIC_TIMESTAMP = 3;
    private static final int METRIC_LONG = 11;
    // Eclipse Kura's KuraPayload{timestamp = 1, metric = 5000}, KuraMetric{name = 1, type = 2, long_value = 5}; INT64
    // is type 2.
    private static final int KURA_TIMESTAMP = 1;
    private static final int KURA_METRIC = 5000;
    private static final int KURA_NAME = 1;
    private static final int KURA_TYPE = 2;
    private static final int KURA_LONG = 5;
    private static final int KURA_INT64 = 2;

    private Forms() {}

    /** Name and bytes of every form. */
    static Map<String, byte[]> of(LedgerData data) throws IOException {
        Map<String, byte[]> forms = new LinkedHashMap<>();
        forms.put("JSON rows", json(data));
        forms.put("Sparkplug B with aliases", sparkplug(data));
        forms.put("KuraPayload", kura(data));
        return forms;
    }

    private static byte[] json(LedgerData data) {
        StringBuilder text = new StringBuilder();
        data.meters()
                .forEach((meter, channels) ->
                        channels.forEach((obis, samples) -> samples.forEach((at, s) -> text.append("{\"meter\":\"")
                                .append(meter)
                                .append("\",\"obis\":\"")
                                .append(obis)
                                .append("\",\"ts\":\"")
                                .append(at)
                                .append("\",\"value\":")
                                .append(s.text())
                                .append(",\"quality\":\"")
                                .append(s.quality())
                                .append("\"}\n"))));
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Aliases were told at birth, so a metric is alias, time and value; status as a metric of its own is left out. */
    private static byte[] sparkplug(LedgerData data) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        long alias = 0;
        for (Map<Obis, TreeMap<Instant, LedgerData.Sample>> channels :
                data.meters().values()) {
            for (TreeMap<Instant, LedgerData.Sample> samples : channels.values()) {
                alias++;
                for (Map.Entry<Instant, LedgerData.Sample> s : samples.entrySet()) {
                    long at = s.getKey().toEpochMilli();
                    long value = s.getValue().tenths();
                    int size = CodedOutputStream.computeUInt64Size(METRIC_ALIAS, alias)
                            + CodedOutputStream.computeUInt64Size(METRIC_TIMESTAMP, at)
                            + CodedOutputStream.computeUInt64Size(METRIC_LONG, value);
                    out.writeTag(SPARKPLUG_METRICS, 2);
                    out.writeUInt32NoTag(size);
                    out.writeUInt64(METRIC_ALIAS, alias);
                    out.writeUInt64(METRIC_TIMESTAMP, at);
                    out.writeUInt64(METRIC_LONG, value);
                }
            }
        }
        out.flush();
        return bytes.toByteArray();
    }

    /** A payload for each meter and quarter-hour, its channels as metrics by name, one after the other. */
    private static byte[] kura(LedgerData data) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        for (Map<Obis, TreeMap<Instant, LedgerData.Sample>> channels :
                data.meters().values()) {
            TreeMap<Instant, LedgerData.Sample> first =
                    channels.values().iterator().next();
            for (Instant at : first.keySet()) {
                ByteArrayOutputStream one = new ByteArrayOutputStream();
                CodedOutputStream payload = CodedOutputStream.newInstance(one);
                payload.writeInt64(KURA_TIMESTAMP, at.toEpochMilli());
                for (Map.Entry<Obis, TreeMap<Instant, LedgerData.Sample>> channel : channels.entrySet()) {
                    LedgerData.Sample sample = channel.getValue().get(at);
                    if (sample != null) {
                        metric(payload, channel.getKey().toString(), sample.tenths());
                    }
                }
                payload.flush();
                out.writeByteArrayNoTag(one.toByteArray());
            }
        }
        out.flush();
        return bytes.toByteArray();
    }

    private static void metric(CodedOutputStream out, String name, long value) throws IOException {
        int size = CodedOutputStream.computeStringSize(KURA_NAME, name)
                + CodedOutputStream.computeEnumSize(KURA_TYPE, KURA_INT64)
                + CodedOutputStream.computeInt64Size(KURA_LONG, value);
        out.writeTag(KURA_METRIC, 2);
        out.writeUInt32NoTag(size);
        out.writeString(KURA_NAME, name);
        out.writeEnum(KURA_TYPE, KURA_INT64);
        out.writeInt64(KURA_LONG, value);
    }

    /** RFC 1951 at the level that everybody uses, as one stream. */
    static byte[] deflated(byte[] plain) {
        Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
        deflater.setInput(plain);
        deflater.finish();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] buffer = new byte[1 << 16];
        while (!deflater.finished()) {
            out.write(buffer, 0, deflater.deflate(buffer));
        }
        deflater.end();
        return out.toByteArray();
    }
}
