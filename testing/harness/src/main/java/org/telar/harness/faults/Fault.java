package org.telar.harness.faults;

import java.time.Duration;
import java.util.Optional;

/**
 * One line of the catalogue in reliability.md.
 *
 * @param number in the catalogue
 * @param english what is done, for people
 * @param event the events it must cause, {@code A+B} for both, {@code A|B} for either; empty for none
 * @param recovery target from the end of the fault until everything is well
 * @param control a rule is switched off: data must be lost, and be seen to be lost
 */
record Fault(
        int number,
        String english,
        String spanish,
        String event,
        Duration recovery,
        boolean control,
        Need need,
        Script script) {

    /** Why a fault cannot be made on this machine, or empty. */
    @FunctionalInterface
    interface Need {
        Need NOTHING = () -> Optional.empty();

        Optional<String> missing() throws Exception;
    }

    /** Strikes and ends the fault; the runner has healed nothing and judges afterwards. */
    @FunctionalInterface
    interface Script {
        void play(Round round) throws Exception;
    }

    static Fault of(int number, String english, String spanish, String event, long seconds, Script script) {
        return new Fault(number, english, spanish, event, Duration.ofSeconds(seconds), false, Need.NOTHING, script);
    }

    Fault needing(Need other) {
        return new Fault(number, english, spanish, event, recovery, control, other, script);
    }

    Fault asControl() {
        return new Fault(number, english, spanish, event, recovery, true, need, script);
    }
}
