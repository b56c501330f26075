package org.telar.collector.ingest;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.telar.api.store.Acknowledgement;

import static org.assertj.core.api.Assertions.assertThat;

/** What an acknowledgement says is exactly what was committed, whatever came in which order and how often. */
class MarkTest {

    @Property(tries = 500)
    @Label("high-water and ranges together are the set of committed sequences (R04 of reliability, fault 31)")
    void saysExactlyWhatIsCommitted(@ForAll @Size(max = 80) List<@LongRange(min = 1, max = 60) Long> sequences) {
        Mark mark = new Mark("gw", 1, 0);
        Set<Long> model = new HashSet<>();
        for (long s : sequences) {
            assertThat(mark.add(s)).as("first time of " + s).isEqualTo(model.add(s));
        }
        Acknowledgement ack = mark.acknowledgement();

        Set<Long> told = new HashSet<>();
        for (long s = 1; s <= ack.highWater(); s++) {
            told.add(s);
        }
        long bound = ack.highWater();
        for (Acknowledgement.Range r : ack.beyond()) {
            assertThat(r.first()).as("a hole lies before each range").isGreaterThan(bound + 1);
            for (long s = r.first(); s <= r.last(); s++) {
                told.add(s);
            }
            bound = r.last();
        }
        assertThat(told).isEqualTo(model);
        assertThat(mark.newBeyond()).allMatch(s -> s > ack.highWater());
    }

    @Property(tries = 20)
    @Label("an acknowledgement stays small however torn the sequences are; what it leaves out it does not deny")
    void bounded(@ForAll @LongRange(min = 1_000, max = 3_000) long holes) {
        Mark mark = new Mark("gw", 1, 0);
        for (long s = 2; s <= 2 * holes; s += 2) {
            mark.add(s);
        }

        assertThat(mark.acknowledgement().beyond()).hasSizeLessThanOrEqualTo(400);
        assertThat(mark.acknowledgement().highWater()).isZero();
    }
}
