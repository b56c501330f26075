package org.telar.concentrator.internal.agenda;

import java.io.IOException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.telar.api.platform.DurableFile;
import org.telar.api.platform.EventSink;
import org.telar.concentrator.internal.Versions;
import org.telar.contract.Agenda;
import org.telar.contract.Contract;
import org.telar.contract.ContractException;
import org.telar.contract.Result;

/**
 * Keeps the agenda over reboots and says when an activity is due. After a downtime a missed activity is caught up once,
 * however often it was missed (R40). Thread-safe.
 */
public final class AgendaKeeper {
    private static final Logger LOG = LoggerFactory.getLogger(AgendaKeeper.class);
    /** A last run so far in the future means that the clock was wrong then. */
    private static final Duration JUMP = Duration.ofHours(25);

    private static final int MOST_ACTIVITIES = 64;

    private final Path agendaFile;
    private final Path runsFile;
    private final EventSink events;
    private final BiConsumer<Agenda.Activity, Instant> due;
    private final Map<String, Instant> lastRuns = new TreeMap<>();
    private final Versions versions = new Versions("activities");
    private Agenda agenda;

    /**
     * @param folder the agent's own data folder
     * @param initial used until the centre sends one
     * @param due told of an activity and the instant it was due
     */
    public AgendaKeeper(Path folder, Agenda initial, EventSink events, BiConsumer<Agenda.Activity, Instant> due) {
        this.agendaFile = folder.resolve("agenda.state");
        this.runsFile = folder.resolve("agenda-runs.state");
        this.events = events;
        this.due = due;
        this.agenda = restored().orElse(initial);
        restoreRuns();
    }

    private Optional<Agenda> restored() {
        try {
            Optional<String> text = DurableFile.read(agendaFile);
            return text.isEmpty()
                    ? Optional.empty()
                    : Optional.of(Contract.decodeAgenda(
                            Base64.getMimeDecoder().decode(text.get().strip())));
        } catch (IOException | ContractException | IllegalArgumentException e) {
            events.event(
                    "CONFIG_FALLBACK",
                    EventSink.Severity.WARNING,
                    "The stored agenda cannot be read (" + e.getMessage() + "); the configured one is used.",
                    Map.of("file", agendaFile.toString()));
            return Optional.empty();
        }
    }

    private void restoreRuns() {
        try {
            DurableFile.read(runsFile).ifPresent(text -> text.lines().forEach(line -> {
                int comma = line.lastIndexOf(',');
                lastRuns.put(line.substring(0, comma), Instant.parse(line.substring(comma + 1)));
            }));
        } catch (IOException | DateTimeException | IndexOutOfBoundsException e) {
            LOG.warn("When activities last ran is not known any more: {}", e.getMessage());
        }
    }

    /** The agenda in force. */
    public synchronized Agenda agenda() {
        return agenda;
    }

    /**
     * Takes the agenda of the centre; an older one, and one already known, changes nothing.
     *
     * @return the answer; empty when the centre has it already
     */
    public Optional<Result.Applied> received(Agenda told, Instant now) {
        synchronized (this) {
            if (told.version() <= agenda.version()) {
                return versions.known(
                        told.version(), agenda.version(), agenda.activities().size(), List.of(), now);
            }
            List<String> problems = problems(told);
            if (problems.isEmpty()) {
                try {
                    DurableFile.write(agendaFile, Base64.getMimeEncoder().encodeToString(Contract.encode(told)));
                } catch (IOException e) {
                    problems.add("the agenda cannot be kept on disk: " + e.getMessage());
                }
            }
            if (!problems.isEmpty()) {
                return versions.refused(told.version(), problems, now);
            }
            agenda = told;
        }
        events.event(
                "AGENDA_CHANGED",
                EventSink.Severity.INFO,
                "Agenda version " + told.version() + " with "
                        + told.activities().size() + " activities is in force.",
                Map.of("version", Long.toString(told.version())));
        synchronized (this) {
            return versions.inForce(told.version(), told.activities().size(), List.of(), now);
        }
    }

    private static List<String> problems(Agenda told) {
        List<String> problems = new ArrayList<>();
        if (told.activities().size() > MOST_ACTIVITIES) {
            problems.add("at most " + MOST_ACTIVITIES + " activities, got "
                    + told.activities().size());
        }
        Set<String> names = new HashSet<>();
        for (Agenda.Activity a : told.activities()) {
            if (!a.name().matches("[A-Za-z0-9._-]{1,32}")) {
                problems.add("activity \"" + a.name() + "\": a name of 1 to 32 of A-Z a-z 0-9 . _ - expected");
            } else if (!names.add(a.name())) {
                problems.add("activity \"" + a.name() + "\": a name of its own expected, it comes twice");
            }
        }
        return problems;
    }

    /** Starts what is due. Called about once a second with the civil clock. */
    public void tick(Instant now) {
        Map<Agenda.Activity, Instant> start = new HashMap<>();
        synchronized (this) {
            for (Agenda.Activity activity : agenda.activities()) {
                Instant latest = CivilSchedule.latestDue(activity, agenda.zone(), now);
                Instant last = lastRuns.get(activity.name());
                boolean isNew = last == null || last.isAfter(now.plus(JUMP));
                if (isNew || latest.isAfter(last)) {
                    lastRuns.put(activity.name(), latest);
                    if (!isNew) {
                        start.put(activity, latest);
                    }
                    save();
                }
            }
        }
        start.forEach(due);
    }

    private void save() {
        StringBuilder text = new StringBuilder();
        lastRuns.forEach((name, at) -> text.append(name).append(',').append(at).append('\n'));
        try {
            DurableFile.write(runsFile, text.toString());
        } catch (IOException e) {
            LOG.warn("When activities ran is not on disk: {}", e.toString());
        }
    }
}
