package org.telar.agent;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Waits until every component of ours is satisfied, and says of each that is not what it misses. */
final class Readiness {
    private static final int UNSATISFIED_CONFIGURATION = 1;
    private static final int UNSATISFIED_REFERENCE = 2;
    private static final int FAILED_ACTIVATION = 16;
    private static final long LOOK_EVERY_MILLIS = 20;

    /**
     * How the components are.
     *
     * @param states by component name: satisfied, or what is missing
     * @param refusals sentences of components that refused to start
     * @param waiting sentences of components that miss something
     */
    record Report(Map<String, String> states, List<String> refusals, List<String> waiting) {
        boolean isReady() {
            return refusals.isEmpty() && waiting.isEmpty() && !states.isEmpty();
        }
    }

    private final Assembly assembly;
    private final Object runtime;

    Readiness(Assembly assembly) throws AssemblyException {
        this.assembly = assembly;
        this.runtime = assembly.service("org.osgi.service.component.runtime.ServiceComponentRuntime");
    }

    /** Looks until all are satisfied, one refuses, or the time is over. */
    Report await(Duration longest) throws AssemblyException, InterruptedException {
        long until = System.nanoTime() + longest.toNanos();
        while (true) {
            Report report = look();
            if (report.isReady() || !report.refusals().isEmpty() || System.nanoTime() - until > 0) {
                return report;
            }
            Thread.sleep(LOOK_EVERY_MILLIS);
        }
    }

    Report look() throws AssemblyException {
        Map<String, String> states = new TreeMap<>();
        List<String> refusals = new ArrayList<>();
        List<String> waiting = new ArrayList<>();
        Collection<?> descriptions = (Collection<?>) Reflective.call(runtime, "getComponentDescriptionDTOs");
        for (Object description : descriptions) {
            String name = (String) Reflective.field(description, "name");
            Collection<?> configurations = configurations(description);
            if (configurations.isEmpty()) {
                String[] pids = (String[]) Reflective.field(description, "configurationPid");
                states.put(name, "no configuration");
                waiting.add("component " + name + " has no configuration " + String.join(", ", pids));
            }
            for (Object c : configurations) {
                String missing = missing(c);
                states.put(name, missing.isEmpty() ? "satisfied" : missing);
                if ((int) Reflective.field(c, "state") == FAILED_ACTIVATION) {
                    refusals.add("component " + name + " refused to start: " + missing);
                } else if (!missing.isEmpty()) {
                    waiting.add("component " + name + " misses " + missing);
                }
            }
        }
        return new Report(states, refusals, waiting);
    }

    private Collection<?> configurations(Object description) throws AssemblyException {
        return (Collection<?>) Reflective.call(runtime, "getComponentConfigurationDTOs", description);
    }

    private static String missing(Object configuration) throws AssemblyException {
        int state = (int) Reflective.field(configuration, "state");
        if (state == FAILED_ACTIVATION) {
            return cause((String) Reflective.field(configuration, "failure"));
        }
        if (state == UNSATISFIED_CONFIGURATION) {
            return "its configuration";
        }
        if (state == UNSATISFIED_REFERENCE) {
            List<String> names = new ArrayList<>();
            Object[] references = (Object[]) Reflective.field(configuration, "unsatisfiedReferences");
            for (Object r : references) {
                names.add((String) Reflective.field(r, "name"));
            }
            return "reference " + String.join(", ", names);
        }
        return "";
    }

    /** The sentence within a stack trace: the last cause's message, without its class. */
    static String cause(String trace) {
        String sentence = "";
        for (String line : trace.lines().toList()) {
            if (!line.startsWith("\t") && !line.isBlank() && !line.startsWith("... ")) {
                String text = line.startsWith("Caused by: ") ? line.substring("Caused by: ".length()) : line;
                int colon = text.indexOf(": ");
                boolean named = colon > 0 && text.substring(0, colon).matches("[\\w.$]+");
                // The first message of ours is the one meant for people; causes below it are details.
                if (named && text.startsWith("org.telar.")) {
                    return text.substring(colon + 2);
                }
                sentence = named ? text.substring(colon + 2) : text;
            }
        }
        return sentence;
    }
}
