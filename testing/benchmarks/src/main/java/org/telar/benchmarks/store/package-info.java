/**
 * What the edge's store costs: writing, reading and disk, measured on the product's own store with polls of the seeded
 * simulator, against SQLite written to directly and against a row per reading.
 */
package org.telar.benchmarks.store;
