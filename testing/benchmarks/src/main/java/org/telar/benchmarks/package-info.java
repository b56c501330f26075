/**
 * Measures what Telar promises in numbers and compares it with its targets: {@code telar bench NAME}. Each benchmark
 * works on the real product and on data of the seeded simulator, and says how its figure compares with a reference.
 */
package org.telar.benchmarks;
