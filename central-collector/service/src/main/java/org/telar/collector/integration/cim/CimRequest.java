package org.telar.collector.integration.cim;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A request as read, whatever it was wrapped in.
 *
 * @param replyAddress where the answer shall go; empty for the channel's own
 * @param options Option elements of the Request, and header properties under the same names
 * @param ids ID elements of the Request or the Payload
 */
public record CimRequest(
        MessageHeader header,
        String replyAddress,
        String user,
        Wrap wrap,
        Optional<Instant> start,
        Optional<Instant> end,
        Map<String, String> options,
        List<String> ids,
        Ask ask) {

    /** What stood around the message; answers come in the same. */
    public enum Wrap {
        PLAIN,
        SOAP11,
        SOAP12
    }

    /** What is asked. */
    public sealed interface Ask permits Nothing, Readings, Schedule, Config {}

    /** No payload that we know: for verbs that need none, as cancel. */
    public record Nothing() implements Ask {}

    /**
     * GetMeterReadings.
     *
     * @param readingTypes mRIDs; empty = what the range suggests
     * @param spans scheduleIntervals and time periods
     * @param unsupported selections that we cannot follow: groups, transformers, usage points
     */
    public record Readings(List<Device> devices, List<String> readingTypes, List<Span> spans, List<String> unsupported)
            implements Ask {}

    /** MeterReadSchedule. */
    public record Schedule(
            List<Device> devices, List<String> readingTypes, List<TimeTable> tables, List<String> unsupported)
            implements Ask {}

    /** MeterConfig. */
    public record Config(List<MeterEntry> meters) implements Ask {}

    /**
     * A meter as a message names it.
     *
     * @param number by name; empty when only the mRID is given
     */
    public record Device(String number, String mrid) {
        /** What a person reads. */
        public String shown() {
            return number.isEmpty() ? mrid : number;
        }
    }

    /** @param from exclusive */
    public record Span(Optional<Instant> from, Optional<Instant> to) {}

    /**
     * @param interval range of dates
     * @param period of recurrence; empty = once
     * @param windows hours, as given
     */
    public record TimeTable(
            boolean disabled,
            Duration offset,
            String pattern,
            Optional<Duration> period,
            Span interval,
            List<Span> windows) {}

    /**
     * One Meter of a MeterConfig.
     *
     * @param names by their NameType: MeterNumber, ConcentratorNumber, TimeZone, Model, Ratio
     * @param status as sent
     */
    public record MeterEntry(Device meter, String serialNumber, Map<String, String> names, String status) {}
}
