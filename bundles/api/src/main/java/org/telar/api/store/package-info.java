/**
 * The edge's memory: readings kept for the retention, and the outbox of what the centre has not acknowledged. A poll
 * is safe once {@link org.telar.api.store.ReadingStore#commit} returned (R1 to R5 of reliability).
 */
package org.telar.api.store;
