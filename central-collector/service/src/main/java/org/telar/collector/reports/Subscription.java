package org.telar.collector.reports;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Who gets which reports of which meters, how and when (R08).
 *
 * @param party interested party; 1 to 40 of letters, digits, {@code . _ -}
 * @param reports names of reports
 * @param gateways scope; with {@code meters}: what the party may see. Both empty: everything
 * @param every between two deliveries, of SCHEDULED
 * @param days local days back, today included, that a delivery reaches
 * @param target empty: a folder of the party's; or an https address that takes posts
 * @param tokenFile name of a file in the data folder's {@code party-tokens} with the bearer token for the address, or
 *     empty
 */
public record Subscription(
        String id,
        String party,
        List<Report> reports,
        List<String> gateways,
        List<String> meters,
        Mode mode,
        Duration every,
        int days,
        String target,
        String tokenFile,
        Optional<Instant> nextAt) {
    /** Reports about the system itself, which no party with a scope may have. */
    private static final Set<Report> OF_THE_HOUSE = Set.of(Report.AUDIT, Report.FILES, Report.WAN, Report.EXTRACTIONS);

    /** When a delivery is made. */
    public enum Mode {
        /** Whenever the data store has taken something new. */
        AUTOMATIC,
        /** Every so often. */
        SCHEDULED,
        /** When it is asked for. */
        ON_REQUEST
    }

    public Subscription {
        reports = reports.stream().distinct().toList();
        gateways = List.copyOf(gateways);
        meters = List.copyOf(meters);
        require(party.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,39}"), "party is 1 to 40 of A-Z a-z 0-9 . _ -");
        require(!reports.isEmpty(), "reports is a list of one or more reports");
        require(days >= 1 && days <= 400, "days is 1 to 400");
        require(
                mode != Mode.SCHEDULED || every.compareTo(Duration.ofMinutes(1)) >= 0,
                "every is a duration of a minute or more, for example PT1H");
        require(target.isEmpty() || https(target), "target is empty (a folder) or an https address");
        require(
                tokenFile.matches("([A-Za-z0-9][A-Za-z0-9._-]{0,63})?"),
                "tokenFile is the name of a file in the folder party-tokens of the data folder");
        boolean scoped = !gateways.isEmpty() || !meters.isEmpty();
        reports.stream()
                .filter(r -> scoped && OF_THE_HOUSE.contains(r))
                .findFirst()
                .ifPresent(r -> require(
                        false,
                        "report " + r.id() + " has no scope: only a party that may see everything" + " can have it"));
    }

    public boolean scoped() {
        return !gateways.isEmpty() || !meters.isEmpty();
    }

    static boolean https(String target) {
        try {
            URI uri = URI.create(target);
            return "https".equals(uri.getScheme()) && uri.getHost() != null && uri.getUserInfo() == null;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static void require(boolean good, String expected) {
        if (!good) {
            throw new IllegalArgumentException(expected);
        }
    }
}
