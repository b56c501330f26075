package org.telar.collector.plans;

import java.util.List;
import java.util.Optional;

import org.telar.collector.BadInput;

/**
 * What somebody asks to be planned.
 *
 * @param meters numbers, at most 100,000 here (more: {@link Plans#fill}); empty with a filter or for a draft
 * @param filter instead of a list
 * @param draft true: it starts by {@link Plans#start}, when its meters have been given
 * @param idempotencyKey the same key of the same requester is the same plan
 */
public record PlanRequest(
        String name,
        PlanSpec spec,
        List<String> meters,
        boolean draft,
        String requester,
        Optional<String> idempotencyKey) {
    static final int MOST_LISTED = 100_000;
    private static final int LONGEST_NAME = 200;

    public PlanRequest {
        meters = List.copyOf(meters);
        if (name == null || name.isBlank() || name.length() > LONGEST_NAME) {
            throw new BadInput("PLAN_NAME");
        }
        boolean filtered = spec.filter().isPresent();
        boolean either = filtered ? meters.isEmpty() && !draft : draft || !meters.isEmpty();
        if (!either || meters.size() > MOST_LISTED) {
            throw new BadInput("PLAN_METERS", MOST_LISTED);
        }
        if (idempotencyKey.filter(k -> k.isBlank() || k.length() > 128).isPresent()) {
            throw new BadInput("IDEMPOTENCY_KEY_FORM");
        }
    }
}
