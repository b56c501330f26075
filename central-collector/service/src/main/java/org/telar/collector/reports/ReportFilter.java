package org.telar.collector.reports;

import java.time.LocalDate;
import java.util.List;
import java.util.Optional;

/**
 * What of a report is wanted. A filter whose column the report does not have is refused, so that nobody reads more into
 * a figure than is in it.
 *
 * @param from first local day
 * @param to last local day
 * @param gateway empty: all
 * @param meter empty: all
 * @param scope meters that the reader may see; empty: all
 */
public record ReportFilter(
        Optional<LocalDate> from, Optional<LocalDate> to, String gateway, String meter, Optional<List<String>> scope) {
    public static final ReportFilter ALL =
            new ReportFilter(Optional.empty(), Optional.empty(), "", "", Optional.empty());

    ReportFilter within(List<String> meters) {
        return new ReportFilter(from, to, gateway, meter, Optional.of(List.copyOf(meters)));
    }
}
