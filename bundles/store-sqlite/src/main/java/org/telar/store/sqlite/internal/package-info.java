/**
 * Reading store and outbox on SQLite. One thread writes, in durable group commits; what a meter gave is packed in a
 * block per meter, profile shape and UTC day, and leaves the outbox only when the collector acknowledged it. A store
 * that was lost, damaged or rolled back is kept aside, and a new epoch begins (R1 to R7 of reliability).
 */
package org.telar.store.sqlite.internal;
