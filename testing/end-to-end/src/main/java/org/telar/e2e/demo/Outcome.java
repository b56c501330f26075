package org.telar.e2e.demo;

import java.util.List;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.telar.harness.CarriedTwice;
import org.telar.harness.LedgerJudge.Verdict;

/**
 * What the story came to.
 *
 * @param profile ledger against Legacy, load profile
 * @param closings the same for the daily closings
 * @param carried samples in the loaded files
 * @param figures measured on the way
 */
record Outcome(
        DemoOptions options,
        List<String> media,
        Verdict profile,
        Verdict closings,
        CarriedTwice.Count carried,
        Figures figures) {

    /**
     * Measurements. Negative: this machine could not tell.
     *
     * @param wireBytesPerReading MQTT payload of reading batches per value, first load
     * @param socketBytesPerReading bytes on the WAN in both directions per value, first load, TLS included
     * @param roundTripsPerMeterDay worst medium, first load, association apart (D14)
     * @param edgeRssMb peak of the agent over the story
     * @param totalPssMb peak of all processes together
     * @param onDemandMs from the order to its result
     * @param onDemandDuringLoad the load was still running when the answer came
     * @param notReached meters that the second run could not reach
     * @param silentOnes whether those were exactly the mute ones
     * @param falseValues values in the Legacy that the mute meters never gave
     * @param recoverySeconds from the kill of the collector until it served again
     * @param seconds the whole story, without the build
     */
    record Figures(
            double wireBytesPerReading,
            double socketBytesPerReading,
            double roundTripsPerMeterDay,
            double edgeRssMb,
            double totalPssMb,
            long onDemandMs,
            boolean onDemandDuringLoad,
            int notReached,
            boolean silentOnes,
            long falseValues,
            double recoverySeconds,
            double seconds) {}

    /** Legacy keys occurring twice, and unchanged samples carried by more than one loaded file. */
    long duplicates() {
        return profile.duplicates() + closings.duplicates() + carried.duplicates();
    }

    /** True when nothing was lost, left out, doubled, changed or made up. */
    boolean flawless() {
        return profile.flawless()
                && closings.flawless()
                && carried.duplicates() == 0
                && figures.silentOnes()
                && figures.falseValues() == 0;
    }

    ObjectNode json() {
        ObjectNode json = new ObjectMapper().createObjectNode();
        json.put("expected", profile.expected());
        json.put("delivered", profile.delivered());
        json.put("gaps_with_reason", profile.gapsWithReason());
        json.put("lost", profile.lost());
        json.put("duplicates", duplicates());
        json.put("closings_expected", closings.expected());
        json.put("closings_delivered", closings.delivered());
        json.put("meters", options.meters());
        media.forEach(json.putArray("media")::add);
        json.put("wire_bytes_per_reading", rounded(figures.wireBytesPerReading()));
        json.put("socket_bytes_per_reading", rounded(figures.socketBytesPerReading()));
        json.put("round_trips_per_meter_day", rounded(figures.roundTripsPerMeterDay()));
        json.put("edge_rss_mb", rounded(figures.edgeRssMb()));
        json.put("on_demand_ms", figures.onDemandMs());
        json.put("seconds", rounded(figures.seconds()));
        json.put("seed", options.seed());
        json.put("days", options.days());
        json.put("wrong", profile.wrong() + closings.wrong());
        json.put("invented", profile.invented() + closings.invented());
        json.put("on_demand_during_load", figures.onDemandDuringLoad());
        json.put("not_reached_in_second_run", figures.notReached());
        json.put("not_reached_are_the_mute_ones", figures.silentOnes());
        json.put("false_values_of_mute_meters", figures.falseValues());
        json.put("collector_recovery_seconds", rounded(figures.recoverySeconds()));
        json.put("total_pss_mb", rounded(figures.totalPssMb()));
        json.put("flawless", flawless());
        return json;
    }

    private static double rounded(double value) {
        return Math.round(value * 1000) / 1000.0;
    }
}
