package org.telar.concentrator.internal.orders;

import java.util.List;

import org.telar.api.meter.MeterReadout;
import org.telar.api.model.ProfileBlock;
import org.telar.api.model.RegisterSet;
import org.telar.api.model.StatusWord;

/** Judges what an order brought: complete, or with observations (WARN, A7 of the requirements). */
final class Reading {
    /** EDIS status bits that are a flag of quality; the daylight-saving bit is none. */
    private static final int FLAGS = 0xA7;

    private long slots;
    private long flagged;
    private long sets;
    private long words;

    void add(MeterReadout readout) {
        add(readout.profiles(), readout.registers(), readout.statusWords());
    }

    void add(List<ProfileBlock> blocks, List<RegisterSet> registers, List<StatusWord> statusWords) {
        for (ProfileBlock block : blocks) {
            for (int status : block.status()) {
                slots += status >= 0 ? 1 : 0;
                flagged += status > 0 && (status & FLAGS) != 0 ? 1 : 0;
            }
        }
        sets += registers.size();
        flagged += registers.stream().filter(s -> (s.status() & FLAGS) != 0).count();
        words += statusWords.size();
    }

    boolean isEmpty() {
        return slots + sets + words == 0;
    }

    /** Observations in words; empty when there are none. */
    String observations(Plan plan) {
        if (slots < plan.slots()) {
            return slots + " of " + plan.slots() + " intervals asked for are there";
        }
        if (sets < plan.sets()) {
            return sets + " of " + plan.sets() + " register sets asked for are there";
        }
        if (words < plan.words()) {
            return words + " of " + plan.words() + " status words asked for are there";
        }
        return flagged == 0 ? "" : flagged + " values carry a quality flag";
    }

    /** What an order should bring. */
    record Plan(long slots, long sets, long words) {}
}
