package org.telar.simulator.cosem;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

import org.telar.simulator.energy.Channel;
import org.telar.simulator.energy.Consumption;
import org.telar.simulator.fleet.Meter;
import org.telar.simulator.fleet.MeterModel;

/** The four profiles of a meter: load profile, daily closing, billing and the standard event log. */
final class Profiles {
    private Profiles() {}

    static List<CosemObject> of(MeterModel model) {
        Map<Channel, Column> channels = channelColumns(model);
        List<Column> closings = closingColumns();
        List<Column> events = eventColumns();
        return List.of(
                new ProfileObject("1.0.99.1.0.255", m -> loadColumns(m, channels), new LoadProfileRows()).object(),
                new ProfileObject("1.0.99.2.0.255", m -> closings, ClosingRows.daily()).object(),
                new ProfileObject("0.0.98.1.0.255", m -> closings, ClosingRows.monthly()).object(),
                new ProfileObject("0.0.99.98.0.255", m -> events, new EventRows()).object());
    }

    static int lastStatus(Meter meter) {
        return LoadProfileRows.status(meter, Consumption.startOf(Consumption.slotOf(meter.now())));
    }

    private static Column clock() {
        return new Column(
                MeterObjects.CLOCK_CLASS,
                MeterObjects.CLOCK,
                2,
                (meter, row, out) -> out.octets(MeterObjects.time(meter, row.shown())));
    }

    private static Map<Channel, Column> channelColumns(MeterModel model) {
        Map<Channel, Column> columns = new EnumMap<>(Channel.class);
        for (Channel channel : Channel.values()) {
            columns.put(
                    channel,
                    new Column(
                            MeterObjects.REGISTER,
                            channel.obis(model.increments()),
                            2,
                            (meter, row, out) -> out.uint32(LoadProfileRows.value(meter, row, channel))));
        }
        return columns;
    }

    private static List<Column> loadColumns(Meter meter, Map<Channel, Column> channels) {
        List<Column> columns = new ArrayList<>();
        columns.add(clock());
        columns.add(new Column(
                MeterObjects.DATA, MeterObjects.PROFILE_STATUS, 2, (m, row, out) -> out.uint8(row.status())));
        meter.changes().channels().forEach(channel -> columns.add(channels.get(channel)));
        return columns;
    }

    private static List<Column> closingColumns() {
        List<Column> columns = new ArrayList<>();
        columns.add(clock());
        columns.add(register(Channel.IMPORT));
        for (int tariff = 1; tariff <= MeterObjects.TARIFFS; tariff++) {
            int number = tariff;
            columns.add(new Column(
                    MeterObjects.REGISTER,
                    MeterObjects.tariffObis(tariff),
                    2,
                    (m, row, out) -> out.uint32(m.tariffAt(number, row.end()))));
        }
        columns.add(register(Channel.EXPORT));
        columns.add(new Column(
                MeterObjects.EXTENDED_REGISTER,
                MeterObjects.MAXIMUM_DEMAND,
                2,
                (m, row, out) ->
                        out.uint32(m.consumption().maximumDemand(row.end()).value())));
        columns.add(new Column(
                MeterObjects.EXTENDED_REGISTER,
                MeterObjects.MAXIMUM_DEMAND,
                5,
                (m, row, out) -> out.octets(MeterObjects.time(
                        m, m.consumption().maximumDemand(row.end()).at()))));
        columns.add(new Column(
                MeterObjects.REGISTER,
                MeterObjects.CUMULATIVE_DEMAND,
                2,
                (m, row, out) -> out.uint32(m.consumption().cumulativeDemand(row.end()))));
        return columns;
    }

    private static Column register(Channel channel) {
        return new Column(
                MeterObjects.REGISTER,
                channel.obis(false),
                2,
                (m, row, out) -> out.uint32(m.registerAt(channel, row.end())));
    }

    private static List<Column> eventColumns() {
        return List.of(
                clock(),
                new Column(
                        MeterObjects.DATA, MeterObjects.EVENT_CODE, 2, (meter, row, out) -> out.uint8(row.status())));
    }
}
