package org.telar.e2e.demo;

import java.time.Duration;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;
import org.telar.harness.Await;
import org.telar.harness.Centre;
import org.telar.harness.HarnessException;
import org.telar.harness.Narrator;
import org.telar.harness.StatusFile;
import org.telar.harness.TelarSystem;

/** Waits for what the story is waiting for, shows progress meanwhile, and notices when the agent has ended. */
final class Watch {
    static final Duration LINK = Duration.ofSeconds(60);
    static final Duration RUN = Duration.ofMinutes(5);

    private final TelarSystem system;
    private final Centre centre;
    private final Narrator tell;

    Watch(TelarSystem system, Centre centre, Narrator tell) {
        this.system = system;
        this.centre = centre;
        this.tell = tell;
    }

    void awaitLink() throws HarnessException, InterruptedException {
        Await.untilTrue("the agent's link", LINK, () -> {
            system.agent().process().requireAlive();
            return Optional.of(system.agent().status().linkUp());
        });
    }

    void awaitDone(String run, double share) throws HarnessException, InterruptedException {
        Await.untilTrue("run " + run + " to be under way", RUN, () -> {
            showProgress(run);
            JsonNode r = system.agent().status().run(run);
            int total = r.path("total").asInt();
            return Optional.of(total > 0 && r.path("done").asInt() >= Math.min(total, Math.max(1, total * share)));
        });
    }

    Centre.Run awaitJudged(String run, Duration deadline) throws HarnessException, InterruptedException {
        Centre.Run over = Await.until("run " + run + " to be judged", deadline, () -> {
            showProgress(run);
            return centre.run(run).filter(Centre.Run::over);
        });
        if (!over.judged()) {
            throw new HarnessException(
                    HarnessException.UNEXPECTED, "The N2PLoad run " + run + " ended as " + over.state());
        }
        return over;
    }

    void awaitDrained() throws HarnessException, InterruptedException {
        Await.untilTrue("the backlog to drain", LINK.multipliedBy(2), () -> {
            system.agent().process().requireAlive();
            return Optional.of(system.agent().status().backlogEntries() == 0);
        });
    }

    void showProgress(String run) throws HarnessException, InterruptedException {
        system.agent().process().requireAlive();
        StatusFile status = system.agent().status();
        JsonNode r = status.run(run);
        if (!r.isMissingNode()) {
            String done = r.path("done").asInt() + "/" + r.path("total").asInt();
            tell.progress(
                    done + " meters read, " + status.backlogValues() + " values on their way",
                    done + " medidores leídos, " + status.backlogValues() + " valores en camino");
        }
    }
}
