package org.telar.collector.api;

import java.security.Principal;
import java.util.Set;

import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.telar.collector.BadInput;
import org.telar.collector.alarms.AlarmKeeper;
import org.telar.collector.alarms.Alarms;

/** Alarms: what is wrong now, since when, and who knows (R34). */
@RestController
@RequestMapping("/api/v1/alarms")
class AlarmController {
    private static final Set<String> STATES = Set.of("", "OPEN", "UNACKNOWLEDGED", "CLEARED");
    private static final Set<String> SEVERITIES = Set.of("", "INFO", "WARNING", "CRITICAL");
    private static final int LONGEST_NOTE = 1_000;
    private final Alarms alarms;
    private final AlarmKeeper keeper;

    record Note(String note) {}

    AlarmController(Alarms alarms, AlarmKeeper keeper) {
        this.alarms = alarms;
        this.keeper = keeper;
    }

    @GetMapping
    Page<Alarms.Alarm> list(
            @RequestParam(defaultValue = "OPEN") String state,
            @RequestParam(defaultValue = "") String severity,
            @RequestParam(defaultValue = "") String gateway,
            @RequestParam(defaultValue = "") String meter,
            @RequestParam(defaultValue = "") String kind,
            @RequestParam(defaultValue = "0") int page,
            @RequestParam(defaultValue = "100") int size) {
        String wanted = state.equals("ALL") ? "" : state;
        if (!STATES.contains(wanted)) {
            throw new BadInput("ALARM_STATE", state);
        }
        if (!SEVERITIES.contains(severity)) {
            throw new BadInput("ALARM_SEVERITY", severity);
        }
        Alarms.Filter filter = new Alarms.Filter(wanted, severity, gateway, meter, kind);
        return Page.of(page, size, alarms.count(filter), (l, o) -> alarms.list(filter, l, o), a -> a);
    }

    @GetMapping("/{id}")
    Alarms.Alarm alarm(@PathVariable long id) {
        return alarms.find(id).orElseThrow(() -> unknown(id));
    }

    /** Somebody knows; an alarm that no event can clear ends here. */
    @PostMapping("/{id}/acknowledgement")
    Alarms.Alarm acknowledge(@PathVariable long id, @RequestBody(required = false) Note note, Principal who) {
        String text = note == null || note.note() == null ? "" : note.note();
        if (text.length() > LONGEST_NOTE) {
            throw new BadInput("NOTE_LENGTH", LONGEST_NOTE);
        }
        return alarms.acknowledge(id, who.getName(), text).orElseThrow(() -> unknown(id));
    }

    /** Reads the tables again and judges the status words of meters anew (D16). */
    @PostMapping("/replay")
    AlarmKeeper.Replayed replay() {
        try {
            return keeper.replay();
        } catch (IllegalArgumentException broken) {
            throw new BadInput("ALARM_TABLE", broken.getMessage());
        }
    }

    private static Problem unknown(long id) {
        return new Problem(HttpStatus.NOT_FOUND, new BadInput("UNKNOWN_ALARM", id));
    }
}
