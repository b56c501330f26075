/**
 * An island of meters behind one PRIME base node, as a discrete-event simulation: the product's own scheduling decisions
 * ({@link org.telar.acquisition.MediumScheduler} and its neighbours) on a virtual clock, over a modelled medium, fed with
 * recorded sizes of APDUs. What is modelled, and with which numbers, is in docs/benchmarks.md.
 */
package org.telar.benchmarks.island;
