package org.telar.collector.plans;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;

import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import org.telar.collector.BadInput;
import org.telar.collector.plans.StoredPlan.State;
import tools.jackson.databind.json.JsonMapper;

/** What people and programs do with plans. Thread-safe. */
@Component
public class Plans {
    private static final Duration LONGEST_RETRY = Duration.ofDays(7);

    private final PlanBook book;
    private final PlanMembers members;
    private final RunBook runs;
    private final ItemBook items;
    private final RefusalBook refusals;
    private final TransactionTemplate transactions;
    private final Clock clock;

    /** @param repeated true when the key was known: nothing new was done */
    public record Taken(StoredPlan plan, boolean repeated) {}

    /** Something else was asked under a known key. */
    public static final class KeyConflict extends BadInput {
        private static final long serialVersionUID = 1L;

        KeyConflict(String plan) {
            super("IDEMPOTENCY_KEY", plan);
        }
    }

    /** The plan is in a state in which this is not possible. */
    public static final class WrongState extends BadInput {
        private static final long serialVersionUID = 1L;

        WrongState(String code, Object... arguments) {
            super(code, arguments);
        }
    }

    /** There is no such plan. */
    public static final class Unknown extends BadInput {
        private static final long serialVersionUID = 1L;

        Unknown(String plan) {
            super("UNKNOWN_PLAN", plan);
        }
    }

    Plans(
            PlanBook book,
            PlanMembers members,
            RunBook runs,
            ItemBook items,
            RefusalBook refusals,
            TransactionTemplate transactions,
            Clock clock) {
        this.book = book;
        this.members = members;
        this.runs = runs;
        this.items = items;
        this.refusals = refusals;
        this.transactions = transactions;
        this.clock = clock;
    }

    /**
     * Makes a plan and, unless it is a draft, starts it: each meter is taken or refused for itself (R72).
     *
     * @throws BadInput when nothing of it can be done; it says what to change
     */
    public Taken create(PlanRequest request) {
        byte[] fingerprint = fingerprint(request);
        Optional<Taken> earlier = repeated(request, fingerprint);
        if (earlier.isPresent()) {
            return earlier.get();
        }
        requireFuture(request.spec());
        String id = "plan-" + UUID.randomUUID().toString().substring(0, 13);
        try {
            StoredPlan plan = transactions.execute(status -> {
                book.insert(id, request, State.DRAFT, fingerprint);
                if (!request.meters().isEmpty()) {
                    stage(id, lines(request.meters()));
                }
                return request.draft() ? find(id) : activate(find(id));
            });
            return new Taken(plan, false);
        } catch (DuplicateKeyException raced) {
            return repeated(request, fingerprint).orElseThrow(() -> raced);
        }
    }

    private Optional<Taken> repeated(PlanRequest request, byte[] fingerprint) {
        Optional<PlanBook.Earlier> earlier =
                request.idempotencyKey().flatMap(k -> book.earlier(request.requester(), k));
        if (earlier.isEmpty()) {
            return Optional.empty();
        }
        if (!Arrays.equals(earlier.get().fingerprint(), fingerprint)) {
            throw new KeyConflict(earlier.get().plan().id());
        }
        return Optional.of(new Taken(earlier.get().plan(), true));
    }

    private void requireFuture(PlanSpec spec) {
        Instant now = clock.instant();
        if (spec.schedule().next(now).isEmpty()) {
            throw new BadInput(
                    "PLAN_OVER", spec.schedule().last().map(Instant::toString).orElse("-"));
        }
    }

    /** Gives a draft its meters, any number, one a line; they replace those given before. @return lines taken */
    public int fill(String id, BufferedReader lines) {
        Integer taken = transactions.execute(status -> {
            require(locked(id), "meters", State.DRAFT);
            return stage(id, lines);
        });
        return taken == null ? 0 : taken;
    }

    private int stage(String id, BufferedReader lines) {
        try {
            return members.stage(id, lines);
        } catch (IOException e) {
            throw new UncheckedIOException("the list of meters ended unexpectedly", e);
        }
    }

    /** Starts a draft; a plan that has started is left as it is. */
    public StoredPlan start(String id) {
        return transactions.execute(status -> {
            StoredPlan plan = locked(id);
            return plan.state() == State.ACTIVE ? plan : activate(require(plan, "start", State.DRAFT));
        });
    }

    private StoredPlan activate(StoredPlan plan) {
        requireFuture(plan.spec());
        if (plan.spec().filter().isPresent()) {
            book.counts(plan.id(), members.choose(plan.id(), plan.spec()), refusals.count(plan.id()), 0);
        } else {
            PlanMembers.Settled s = members.settle(plan.id(), plan.spec());
            if (s.lines() == 0) {
                throw new BadInput("PLAN_MEMORY");
            }
            if (s.members() == 0) {
                throw new BadInput("PLAN_EMPTY", s.lines(), s.unknown(), s.unable());
            }
            book.counts(plan.id(), s.members(), s.refused(), s.duplicates());
        }
        book.state(plan.id(), State.ACTIVE);
        book.next(plan.id(), Optional.of(clock.instant()));
        return find(plan.id());
    }

    /** Nothing more is sent; what is open ends by itself. */
    public StoredPlan pause(String id) {
        return move(id, "pause", State.PAUSED, State.ACTIVE, State.PAUSED);
    }

    public StoredPlan resume(String id) {
        return move(id, "resume", State.ACTIVE, State.PAUSED, State.ACTIVE);
    }

    /** Ends the plan; open orders are cancelled. */
    public StoredPlan cancel(String id) {
        return move(id, "cancel", State.CANCELLED, State.DRAFT, State.ACTIVE, State.PAUSED, State.CANCELLED);
    }

    private StoredPlan move(String id, String action, State to, State... from) {
        return transactions.execute(status -> {
            if (require(locked(id), action, from).state() != to) {
                book.state(id, to);
                book.next(id, Optional.of(clock.instant()));
            }
            return find(id);
        });
    }

    /**
     * Does again what failed or expired in the latest run, in a run of its own.
     *
     * @param until end of its window; empty = the end of that run's window, if that is still to come
     */
    public PlanRun retry(String id, Optional<Instant> until) {
        return transactions.execute(status -> {
            require(locked(id), "retry", State.ACTIVE, State.PAUSED, State.DONE, State.CANCELLED);
            if (runs.open(id).isPresent()) {
                throw new WrongState("PLAN_RUNNING", id);
            }
            PlanRun last = runs.latest(id).orElseThrow(() -> new WrongState("PLAN_NOTHING_FAILED", id));
            Instant now = clock.instant();
            Instant end = until.orElse(last.window().to());
            if (!end.isAfter(now) || end.isAfter(now.plus(LONGEST_RETRY))) {
                throw new BadInput("PLAN_WINDOW_PAST", end);
            }
            PlanRun run = runs.begin(id, "RETRY", new Window(now, end));
            long n = items.copyFailed(last.id(), run);
            if (n == 0) {
                throw new WrongState("PLAN_NOTHING_FAILED", id);
            }
            runs.expanded(run.id(), -1, n);
            book.state(id, State.ACTIVE);
            book.next(id, Optional.of(clock.instant()));
            return runs.find(id, run.id()).orElseThrow();
        });
    }

    private StoredPlan locked(String id) {
        return book.lockWaiting(id).orElseThrow(() -> new Unknown(id));
    }

    private static StoredPlan require(StoredPlan plan, String action, State... allowed) {
        if (!Set.of(allowed).contains(plan.state())) {
            throw new WrongState("PLAN_STATE", plan.id(), plan.state(), action, Arrays.toString(allowed));
        }
        return plan;
    }

    /** @throws Unknown when there is none */
    public StoredPlan find(String id) {
        return book.find(id).orElseThrow(() -> new Unknown(id));
    }

    /** Newest first; {@code state} is one of {@link State} or empty. */
    public List<StoredPlan> list(String state, int limit, long offset) {
        return book.list(known(state), limit, offset);
    }

    public long count(String state) {
        return book.count(known(state));
    }

    private static String known(String state) {
        if (!state.isEmpty()
                && Arrays.stream(State.values()).noneMatch(s -> s.name().equals(state))) {
            throw new BadInput("UNKNOWN_STATE", Arrays.toString(State.values()), state.toUpperCase(Locale.ROOT));
        }
        return state;
    }

    /** The run that shows how far the plan is: the open one, or the latest. */
    public Optional<PlanRun> current(String id) {
        return runs.open(id).or(() -> runs.latest(id));
    }

    /** Its next window that has not begun. */
    public Optional<Window> upcoming(StoredPlan plan) {
        if (plan.state() != State.ACTIVE && plan.state() != State.PAUSED) {
            return Optional.empty();
        }
        Instant now = clock.instant();
        return plan.spec()
                .schedule()
                .next(now)
                .flatMap(w -> w.holds(now) ? plan.spec().schedule().next(w.to()) : Optional.of(w));
    }

    public List<PlanRun> runs(String id, int limit, long offset) {
        return runs.list(id, limit, offset);
    }

    public long countRuns(String id) {
        return runs.count(id);
    }

    public PlanRun run(String id, Optional<Long> run) {
        return run.map(r -> runs.find(id, r))
                .orElseGet(() -> current(id))
                .orElseThrow(() -> new Unknown(id + run.map(r -> "/" + r).orElse(" (no run yet)")));
    }

    /** Items of a run by place, those after {@code after}; {@code state} may be empty. */
    public List<PlanItem> items(StoredPlan plan, PlanRun run, String state, int after, int limit) {
        return items.list(plan.spec(), run.id(), state, after, limit);
    }

    /** Every item of a run as it is now. */
    public void export(StoredPlan plan, PlanRun run, String state, Consumer<PlanItem> take) {
        transactions.executeWithoutResult(status -> items.each(plan.spec(), run.id(), state, take));
    }

    private static BufferedReader lines(List<String> meters) {
        return new BufferedReader(new StringReader(String.join("\n", meters)));
    }

    private static byte[] fingerprint(PlanRequest r) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(JsonMapper.shared().writeValueAsBytes(r.spec()));
            digest.update((r.name() + "\n" + r.draft()).getBytes(StandardCharsets.UTF_8));
            for (String m : r.meters()) {
                digest.update((m + "\n").getBytes(StandardCharsets.UTF_8));
            }
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
