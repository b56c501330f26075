package org.telar.collector.integration;

import java.sql.Timestamp;
import java.time.Clock;
import java.util.List;
import javax.sql.DataSource;

import org.springframework.jdbc.core.JdbcTemplate;
import org.telar.api.model.Poll;
import org.telar.api.model.PollCodec;

/**
 * New samples that wait to become CIM messages. The rows are written in ingest's own transaction, so that data and the
 * duty to pass it on are one (D11); the composer takes them from there. Thread-safe.
 *
 * <p>Both methods join the Spring transaction that is open on the data source; without one each stands alone.
 */
public final class PendingWork {
    private final JdbcTemplate smmc;
    private final Clock clock;

    /** @param smmc the central database */
    public PendingWork(DataSource smmc, Clock clock) {
        this.smmc = new JdbcTemplate(smmc);
        this.clock = clock;
    }

    /**
     * Notes the new samples of one meter. Status words are not part of the Legacy flow (R67) and are left out; a poll
     * that has nothing else adds nothing.
     *
     * @param gateway id of the concentrator
     * @param activity order or run that asked; empty for backlog outside a run (D10). Orders of a plan's run are
     *     {@code run.order}: they leave together, under what stands before the dot
     * @param onlyNewData the poll reduced to samples that the centre did not hold before (R43)
     */
    public void add(String gateway, String activity, Poll onlyNewData) {
        int dot = activity.startsWith("o-") ? activity.indexOf('.') : -1;
        String group = dot < 0 ? activity : activity.substring(0, dot);
        if (!onlyNewData.profiles().isEmpty()) {
            insert(gateway, group, DataType.LOAD_PROFILE, only(onlyNewData, DataType.LOAD_PROFILE));
        }
        if (!onlyNewData.registers().isEmpty()) {
            insert(gateway, group, DataType.REGISTERS, only(onlyNewData, DataType.REGISTERS));
        }
    }

    /**
     * The run or order has been judged: what waits under it may be sent now instead of after 15 minutes (D10). May be
     * called more than once; samples that come later still go out, under the same id.
     *
     * @param group as given to {@link #add}; an empty one is ignored, as backlog never ends
     */
    public void ended(String group) {
        if (!group.isEmpty()) {
            smmc.update(
                    "INSERT INTO ended_group (work_group, ended_at) VALUES (?, ?) ON CONFLICT DO NOTHING",
                    group,
                    Timestamp.from(clock.instant()));
        }
    }

    private void insert(String gateway, String group, DataType type, Poll poll) {
        smmc.update(
                "INSERT INTO pending_work (gateway, work_group, data_type, meter, poll, added_at)"
                        + " VALUES (?, ?, ?, ?, ?, ?)",
                gateway,
                group,
                type.name(),
                poll.meter().number(),
                PollCodec.encode(poll),
                Timestamp.from(clock.instant()));
    }

    private static Poll only(Poll poll, DataType type) {
        return new Poll(
                poll.meter(),
                poll.readAt(),
                poll.path(),
                poll.activity(),
                poll.clockOffset(),
                type == DataType.LOAD_PROFILE ? poll.profiles() : List.of(),
                type == DataType.REGISTERS ? poll.registers() : List.of(),
                List.of());
    }
}
