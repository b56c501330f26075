package org.telar.benchmarks;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeSet;

import org.openmuc.jdlms.AccessResultCode;
import org.openmuc.jdlms.AttributeAddress;
import org.openmuc.jdlms.AuthenticationMechanism;
import org.openmuc.jdlms.DlmsConnection;
import org.openmuc.jdlms.GetResult;
import org.openmuc.jdlms.ObisCode;
import org.openmuc.jdlms.SecuritySuite;
import org.openmuc.jdlms.SecuritySuite.EncryptionMechanism;
import org.openmuc.jdlms.SelectiveAccessDescription;
import org.openmuc.jdlms.TcpConnectionBuilder;
import org.openmuc.jdlms.datatypes.CosemDateFormat;
import org.openmuc.jdlms.datatypes.DataObject;
import org.telar.api.model.MeterId;
import org.telar.api.model.Obis;
import org.telar.api.model.Unit;
import org.telar.harness.Fleet.SimulatedMeter;
import org.telar.harness.HarnessException;

/**
 * How head-ends usually read: one GET for each attribute, capture objects and scalers asked each time, with plain
 * jDLMS; profiles whole or by range. For meters of increments with the standard's deviation, stamped at the end.
 */
final class UsualReader {
    private static final int DATA = 1;
    private static final int REGISTER = 3;
    private static final int EXTENDED_REGISTER = 4;
    private static final int PROFILE = 7;
    private static final int CLOCK = 8;
    private static final int COUNTERS = 1000;
    private static final int TIMEOUT_MILLIS = 20_000;

    private final OurReader counters;

    /** @param counters whose invocation counters are used on */
    UsualReader(OurReader counters) {
        this.counters = counters;
    }

    OurReader.Measured read(SimulatedDay day, SimulatedMeter meter, boolean byRange)
            throws IOException, HarnessException {
        try (MeterTap tap = new MeterTap(SimulatedDay.address(meter), false)) {
            TreeSet<String> lines = new TreeSet<>();
            MeterTap.Count associate;
            MeterTap.Count read;
            try (DlmsConnection connection = connect(meter, tap.port())) {
                associate = tap.count();
                tap.reset();
                Visit visit = new Visit(connection, day, byRange, lines);
                visit.value(DATA, Obis.LOGICAL_DEVICE_NAME, 2);
                visit.value(CLOCK, Obis.CLOCK, 2);
                visit.value(DATA, Obis.ERROR_REGISTER, 2);
                visit.value(DATA, Obis.ALARM_REGISTER, 2);
                visit.profile(Obis.LOAD_PROFILE);
                visit.profile(Obis.DAILY_CLOSING);
                read = tap.count();
                tap.reset();
            }
            return new OurReader.Measured(associate, read, tap.count(), lines);
        }
    }

    private DlmsConnection connect(SimulatedMeter meter, int port) throws IOException {
        HexFormat hex = HexFormat.of();
        SecuritySuite suite = SecuritySuite.builder()
                .setAuthenticationMechanism(AuthenticationMechanism.HLS5_GMAC)
                .setEncryptionMechanism(EncryptionMechanism.AES_GCM_128)
                .setGlobalUnicastEncryptionKey(hex.parseHex(meter.encryptionKey()))
                .setAuthenticationKey(hex.parseHex(meter.authenticationKey()))
                .build();
        return new TcpConnectionBuilder(InetAddress.getLoopbackAddress())
                .setPort(port)
                .useWrapper()
                .setClientId(Integer.parseInt(meter.clientSap()))
                .setLogicalDeviceId(Integer.parseInt(meter.wrapperId()))
                .setSystemTitle("TLR", 2)
                .setChallengeLength(16)
                .setFrameCounter(counters.reserve(new MeterId(meter.number()), COUNTERS))
                .setResponseTimeout(TIMEOUT_MILLIS)
                .setSecuritySuite(suite)
                .build();
    }

    /** One visit: attribute by attribute. */
    private record Visit(DlmsConnection connection, SimulatedDay day, boolean byRange, TreeSet<String> lines) {
        DataObject value(int classId, Obis object, int attribute) throws IOException, HarnessException {
            return asked(new AttributeAddress(classId, code(object), attribute));
        }

        private DataObject asked(AttributeAddress address) throws IOException, HarnessException {
            GetResult result = connection.get(address);
            if (result.getResultCode() != AccessResultCode.SUCCESS) {
                throw new HarnessException(
                        HarnessException.UNEXPECTED, "the usual way: " + address + ": " + result.getResultCode());
            }
            return result.getResultData();
        }

        private static ObisCode code(Obis o) {
            return new ObisCode(o.a(), o.b(), o.c(), o.d(), o.e(), o.f());
        }

        private record Captured(int classId, Obis object, int attribute, Unit unit) {}

        void profile(Obis profile) throws IOException, HarnessException {
            List<Captured> columns = new ArrayList<>();
            for (DataObject column : list(value(PROFILE, profile, 3))) {
                List<DataObject> f = list(column);
                columns.add(withUnit(number(f.get(0)), Obis.of(f.get(1).getValue()), number(f.get(2))));
            }
            AttributeAddress buffer = byRange
                    ? new AttributeAddress(PROFILE, code(profile), 2, range())
                    : new AttributeAddress(PROFILE, code(profile), 2);
            for (DataObject row : list(asked(buffer))) {
                row(columns, list(row));
            }
        }

        private Captured withUnit(long classId, Obis object, long attribute) throws IOException, HarnessException {
            Unit unit = new Unit(0, Unit.NONE);
            if ((classId == REGISTER || classId == EXTENDED_REGISTER) && attribute == 2) {
                List<DataObject> f = list(value((int) classId, object, 3));
                unit = new Unit((int) number(f.get(0)), (int) number(f.get(1)));
            }
            return new Captured((int) classId, object, (int) attribute, unit);
        }

        private void row(List<Captured> columns, List<DataObject> cells) {
            Instant stamp = time(cells.get(0));
            if (!stamp.isAfter(day.from()) || stamp.isAfter(day.to())) {
                return;
            }
            for (int i = 0; i < columns.size(); i++) {
                Captured c = columns.get(i);
                if (c.attribute() == 2 && c.classId() != CLOCK && c.classId() != DATA) {
                    String line = OurReader.line(c.object(), stamp, number(cells.get(i)), c.unit());
                    boolean demand = c.classId() == EXTENDED_REGISTER;
                    boolean closing = columns.get(1).classId() != DATA;
                    lines.add(!closing ? line : line + "," + (demand ? time(cells.get(i + 1)) : ""));
                }
            }
        }

        private SelectiveAccessDescription range() {
            DataObject clock = DataObject.newStructureData(
                    DataObject.newUInteger16Data(CLOCK),
                    DataObject.newOctetStringData(Obis.CLOCK.bytes()),
                    DataObject.newInteger8Data((byte) 2),
                    DataObject.newUInteger16Data(0));
            DataObject parameter = DataObject.newStructureData(
                    clock,
                    DataObject.newOctetStringData(encoded(day.from().plusSeconds(1))),
                    DataObject.newOctetStringData(encoded(day.to())),
                    DataObject.newArrayData(List.of()));
            return new SelectiveAccessDescription(1, parameter);
        }

        private static List<DataObject> list(DataObject data) {
            List<DataObject> elements = data.getValue();
            return elements;
        }

        private static long number(DataObject data) {
            Number number = data.getValue();
            return number.longValue();
        }

        private static byte[] encoded(Instant at) {
            LocalDateTime t = LocalDateTime.ofInstant(at, ZoneOffset.UTC);
            return ByteBuffer.allocate(12)
                    .putShort((short) t.getYear())
                    .put((byte) t.getMonthValue())
                    .put((byte) t.getDayOfMonth())
                    .put((byte) 0xFF)
                    .put((byte) t.getHour())
                    .put((byte) t.getMinute())
                    .put((byte) t.getSecond())
                    .put((byte) 0)
                    .putShort((short) 0)
                    .put((byte) 0)
                    .array();
        }

        private static Instant time(DataObject data) {
            byte[] octets =
                    data.isCosemDateFormat() ? ((CosemDateFormat) data.getValue()).encode() : (byte[]) data.getValue();
            ByteBuffer in = ByteBuffer.wrap(octets);
            LocalDateTime local =
                    LocalDateTime.of(in.getShort(0), in.get(2), in.get(3), in.get(5), in.get(6), in.get(7));
            return local.toInstant(ZoneOffset.UTC).plusSeconds(in.getShort(9) * 60L);
        }
    }
}
