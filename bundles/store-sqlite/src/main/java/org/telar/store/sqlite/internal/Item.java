package org.telar.store.sqlite.internal;

import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;

import org.telar.api.store.StoreException;

/** Something that waits for the writer, and its answer. Run and settled on the writer's thread. */
final class Item<T> {
    private final Writer.Work<T> work;
    private final CompletableFuture<T> answer = new CompletableFuture<>();
    private T result;
    private boolean failed;

    Item(Writer.Work<T> work) {
        this.work = work;
    }

    void run(Opened store) throws SQLException, StoreException {
        result = work.run(store);
    }

    void done() {
        if (!failed) {
            answer.complete(result);
        }
    }

    void fail(Exception e) {
        failed = true;
        answer.completeExceptionally(e);
    }

    boolean hasFailed() {
        return failed;
    }

    CompletableFuture<T> answer() {
        return answer;
    }
}
