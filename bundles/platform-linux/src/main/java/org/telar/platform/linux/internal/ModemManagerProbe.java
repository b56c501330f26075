package org.telar.platform.linux.internal;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.telar.api.platform.PlatformHealth.Component;
import org.telar.api.platform.PlatformHealth.State;

/**
 * Modem and SIM as ModemManager tells ({@code mmcli --modem=any --output-keyvalue}; keys as in its manual). What it says of
 * subscriber and equipment is neither kept nor told.
 */
final class ModemManagerProbe implements Probe {
    private static final List<String> ASK = List.of("mmcli", "--modem=any", "--output-keyvalue");
    private static final Set<String> AT_WORK = Set.of("registered", "connecting", "connected", "disconnecting");
    private static final Set<String> NO_SIM = Set.of("sim-missing", "sim-error", "esim-without-profiles");

    private final String name;
    private final Function<List<String>, Optional<String>> run;

    /** @param run a program and its output, empty when it failed */
    ModemManagerProbe(String name, Function<List<String>, Optional<String>> run) {
        this.name = name;
        this.run = run;
    }

    @Override
    public List<Component> look() {
        Optional<String> answer = run.apply(ASK);
        if (answer.isEmpty()) {
            return List.of(
                    new Component("modem:" + name, State.FAULT, "ModemManager shows no modem"),
                    new Component("sim:" + name, State.UNKNOWN, ""));
        }
        String text = answer.get();
        String state = value(text, "modem.generic.state");
        String reason = value(text, "modem.generic.state-failed-reason");
        String signal = value(text, "modem.generic.signal-quality.value");
        boolean simGone = NO_SIM.contains(reason);
        boolean locked = state.equals("locked");
        Component modem = AT_WORK.contains(state)
                ? new Component("modem:" + name, State.OK, signal.isEmpty() ? "" : "signal " + signal + " %")
                : new Component("modem:" + name, State.FAULT, "it is " + (state.isEmpty() ? "in no state" : state));
        Component sim = simGone || locked
                ? new Component("sim:" + name, State.FAULT, simGone ? reason : "it wants a code")
                : new Component("sim:" + name, State.OK, "");
        // Without a SIM the modem is not what is broken.
        return simGone || locked
                ? List.of(new Component("modem:" + name, State.UNKNOWN, "no usable SIM"), sim)
                : List.of(modem, sim);
    }

    private static String value(String text, String key) {
        Matcher m = Pattern.compile("(?m)^" + Pattern.quote(key) + "\\s*:\\s*(\\S.*)$")
                .matcher(text);
        String value = m.find() ? m.group(1).strip().toLowerCase(Locale.ROOT) : "";
        return value.equals("--") ? "" : value;
    }
}
