package org.telar.collector.api;

import java.util.List;
import java.util.function.Function;

/**
 * One page of a list.
 *
 * @param total of all pages
 * @param page from 0
 */
record Page<T>(List<T> items, long total, int page, int size) {
    static final int MAX_SIZE = 1_000;

    @FunctionalInterface
    interface Query<T> {
        List<T> run(int limit, long offset);
    }

    static <S, T> Page<T> of(int page, int size, long total, Query<S> query, Function<S, T> view) {
        if (page < 0 || size < 1 || size > MAX_SIZE) {
            throw new IllegalArgumentException("page starts at 0 and size is 1 to " + MAX_SIZE);
        }
        return new Page<>(query.run(size, (long) page * size).stream().map(view).toList(), total, page, size);
    }
}
