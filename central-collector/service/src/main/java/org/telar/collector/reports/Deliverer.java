package org.telar.collector.reports;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes deliveries to their parties: CSV of each report within the party's scope, into its folder or to its https
 * address, or all of them to the data operator where there is one (R09). A delivery that fails comes back. One thread
 * calls {@link #next}; several instances may.
 */
final class Deliverer {
    private static final Logger LOG = LoggerFactory.getLogger(Deliverer.class);

    private final Subscriptions subscriptions;
    private final ReportReader reader;
    private final ReportSettings settings;
    private final Path folder;
    private final Path tokens;
    private final Clock clock;
    private final BiConsumer<String, String> alarm;
    private final HttpClient http;

    Deliverer(
            Subscriptions subscriptions,
            ReportReader reader,
            ReportSettings settings,
            Path folder,
            Path tokens,
            Clock clock,
            BiConsumer<String, String> alarm) {
        this.subscriptions = subscriptions;
        this.reader = reader;
        this.settings = settings;
        this.folder = folder;
        this.tokens = tokens;
        this.clock = clock;
        this.alarm = alarm;
        this.http = Outbound.client(settings.ca());
    }

    /** Makes the next delivery that is due. @return whether there was one */
    boolean next() throws InterruptedException {
        Optional<Subscriptions.Delivery> due = subscriptions.take(settings.retryAfter());
        if (due.isEmpty()) {
            return false;
        }
        Subscriptions.Delivery d = due.get();
        Optional<Subscription> s = subscriptions.find(d.subscription());
        if (s.isEmpty()) {
            subscriptions.failed(d.id(), "the subscription was removed", true);
            return true;
        }
        try {
            deliver(s.get(), d);
        } catch (IOException | SQLException | RuntimeException e) {
            boolean over = d.attempts() + 1 >= settings.maximumAttempts();
            String text = "Delivery " + d.id() + " to " + d.party() + " failed (attempt " + (d.attempts() + 1) + "): "
                    + e.getMessage();
            LOG.warn(text);
            subscriptions.failed(d.id(), String.valueOf(e.getMessage()), over);
            if (over) {
                alarm.accept("DELIVERY_FAILED", text);
            }
        }
        return true;
    }

    private void deliver(Subscription s, Subscriptions.Delivery d)
            throws IOException, SQLException, InterruptedException {
        String target = settings.operator().orElse(s.target());
        boolean posted = Subscription.https(target);
        Path root = target.isEmpty() || posted ? folder : Path.of(target);
        String name = "delivery-" + d.id();
        try (Outbound out = new Outbound(root.resolve(s.party()), name)) {
            ReportFilter range = new ReportFilter(Optional.of(d.from()), Optional.of(d.to()), "", "", Optional.empty());
            ReportFilter filter = s.scoped() ? range.within(subscriptions.scope(s)) : range;
            for (Report report : s.reports()) {
                report(out, report, s.scoped(), filter);
            }
            if (posted) {
                Optional<String> token = s.tokenFile().isEmpty()
                        ? Optional.empty()
                        : Optional.of(
                                Files.readString(tokens.resolve(s.tokenFile())).strip());
                out.post(URI.create(target), token, s.party(), s.id() + "/" + d.id(), http);
                subscriptions.delivered(d.id(), out.files().size(), out.bytes());
            } else {
                int files = out.files().size();
                long bytes = out.bytes();
                out.show(
                        name,
                        Map.of(
                                "version", 1,
                                "party", s.party(),
                                "asOf", clock.instant().toString(),
                                "from", d.from().toString(),
                                "to", d.to().toString()));
                subscriptions.delivered(d.id(), files, bytes);
            }
        }
    }

    /** A party with a scope gets the rows of its meters: figures of groups would tell of others'. */
    private void report(Outbound out, Report report, boolean scoped, ReportFilter filter) throws IOException {
        if (!scoped) {
            out.file(report.id() + ".csv", o -> csv(report, false, filter, o));
        }
        out.file(report.id() + "-rows.csv", o -> csv(report, true, filter, o));
    }

    private long csv(Report report, boolean rows, ReportFilter filter, java.io.OutputStream out) throws IOException {
        try {
            return reader.csv(report, rows, reader.fitting(report, rows, filter), out);
        } catch (SQLException e) {
            throw new IOException("report " + report.id() + ": " + e.getMessage(), e);
        }
    }
}
