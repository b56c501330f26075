package org.telar.harness;

import java.util.List;
import java.util.Map;

/**
 * How a process is started this time, beside what it always needs.
 *
 * @param prefix program that becomes it, for example {@code bash -c 'ulimit -n 64; exec "$@"' --}
 * @param environment added to it
 * @param arguments added at the end of its command line
 */
public record Launch(List<String> prefix, Map<String, String> environment, List<String> arguments) {
    public static final Launch PLAIN = new Launch(List.of(), Map.of(), List.of());

    public Launch {
        prefix = List.copyOf(prefix);
        environment = Map.copyOf(environment);
        arguments = List.copyOf(arguments);
    }

    /** With these variables besides. */
    public static Launch with(Map<String, String> environment) {
        return new Launch(List.of(), environment, List.of());
    }

    /** Through this program. */
    public static Launch through(String... prefix) {
        return new Launch(List.of(prefix), Map.of(), List.of());
    }
}
