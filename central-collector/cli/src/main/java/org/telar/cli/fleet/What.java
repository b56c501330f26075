package org.telar.cli.fleet;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** What can be read of a meter, as people say it, and the order's type behind it. */
enum What {
    REGISTERS("READ_REGISTERS", false),
    PROFILE("READ_PROFILE", true),
    CLOSINGS("READ_CLOSINGS", true),
    BILLING("READ_BILLING", true),
    INSTANT("READ_INSTANT", false),
    EVENTS("READ_EVENTS", false),
    STATUS("READ_STATUS", false),
    CLOCK("CHECK_CLOCK", false);

    private final String type;
    private final boolean ranged;

    What(String type, boolean ranged) {
        this.type = type;
        this.ranged = ranged;
    }

    String type() {
        return type;
    }

    /** Whether it needs from and to. */
    boolean ranged() {
        return ranged;
    }

    /** For the options of a command. */
    static final class Reader implements ITypeConverter<What> {
        @Override
        public What convert(String text) {
            Optional<What> found = Arrays.stream(values())
                    .filter(w -> w.name().equals(text.toUpperCase(Locale.ROOT)))
                    .findFirst();
            return found.orElseThrow(() -> new TypeConversionException("'" + text + "': "
                    + String.join(
                            ", ",
                            Arrays.stream(values())
                                    .map(w -> w.name().toLowerCase(Locale.ROOT))
                                    .toList())));
        }
    }
}
