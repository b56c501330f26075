package org.telar.simulator.cosem;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

import org.telar.simulator.energy.Channel;
import org.telar.simulator.energy.Consumption;
import org.telar.simulator.fleet.Meter;
import org.telar.simulator.fleet.MeterModel;
import org.telar.simulator.fleet.MeterModel.Encoding;

/** The four profiles of a meter: load profile, daily closing, billing and the standard event log. */
final class Profiles {
    private Profiles() {}

    static List<CosemObject> of(MeterModel model) {
        Map<Channel, Column> channels = channelColumns(model);
        List<Column> closings = closingColumns();
        List<Column> events = eventColumns();
        return List.of(
                new ProfileObject(
                                "1.0.99.1.0.255",
                                m -> loadColumns(m, channels),
                                new LoadProfileRows(),
                                model.encoding())
                        .object(),
                new ProfileObject("1.0.99.2.0.255", m -> closings, ClosingRows.daily(), Encoding.ARRAY).object(),
                new ProfileObject("0.0.98.1.0.255", m -> closings, ClosingRows.monthly(), Encoding.ARRAY).object(),
                new ProfileObject("0.0.99.98.0.255", m -> events, new EventRows(), Encoding.ARRAY).object());
    }

    static int lastStatus(Meter meter) {
        return LoadProfileRows.status(meter, Consumption.startOf(Consumption.slotOf(meter.now())));
    }

    private static Column clock() {
        return new Column(MeterObjects.CLOCK_CLASS, MeterObjects.CLOCK, 2, Column.Kind.TIME, (meter, row) -> row.shown()
                .getEpochSecond());
    }

    private static Column number(int classId, String obis, Column.Value value) {
        return new Column(classId, obis, 2, Column.Kind.UINT32, value);
    }

    private static Column status(String obis) {
        return new Column(MeterObjects.DATA, obis, 2, Column.Kind.UINT8, (meter, row) -> row.status());
    }

    private static Map<Channel, Column> channelColumns(MeterModel model) {
        Map<Channel, Column> columns = new EnumMap<>(Channel.class);
        for (Channel channel : Channel.values()) {
            String obis = channel.obis(model.increments());
            columns.put(
                    channel,
                    number(MeterObjects.REGISTER, obis, (meter, row) -> LoadProfileRows.value(meter, row, channel)));
        }
        return columns;
    }

    private static List<Column> loadColumns(Meter meter, Map<Channel, Column> channels) {
        List<Column> columns = new ArrayList<>();
        columns.add(clock());
        columns.add(status(MeterObjects.PROFILE_STATUS));
        meter.changes().channels().forEach(channel -> columns.add(channels.get(channel)));
        return columns;
    }

    private static List<Column> closingColumns() {
        List<Column> columns = new ArrayList<>();
        columns.add(clock());
        columns.add(register(Channel.IMPORT));
        for (int tariff = 1; tariff <= MeterObjects.TARIFFS; tariff++) {
            int which = tariff;
            columns.add(number(
                    MeterObjects.REGISTER, MeterObjects.tariffObis(tariff), (m, row) -> m.tariffAt(which, row.end())));
        }
        columns.add(register(Channel.EXPORT));
        columns.add(number(MeterObjects.EXTENDED_REGISTER, MeterObjects.MAXIMUM_DEMAND, (m, row) -> m.consumption()
                .maximumDemand(row.end())
                .value()));
        columns.add(new Column(
                MeterObjects.EXTENDED_REGISTER,
                MeterObjects.MAXIMUM_DEMAND,
                5,
                Column.Kind.TIME,
                (m, row) -> m.consumption().maximumDemand(row.end()).at().getEpochSecond()));
        columns.add(number(MeterObjects.REGISTER, MeterObjects.CUMULATIVE_DEMAND, (m, row) -> m.consumption()
                .cumulativeDemand(row.end())));
        return columns;
    }

    private static Column register(Channel channel) {
        return number(MeterObjects.REGISTER, channel.obis(false), (m, row) -> m.registerAt(channel, row.end()));
    }

    private static List<Column> eventColumns() {
        return List.of(clock(), status(MeterObjects.EVENT_CODE));
    }
}
