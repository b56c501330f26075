/**
 * The objects that a meter shows (IEC 62056-6-1 and -6-2): clock, registers, profiles, identity. One catalogue per model,
 * shared by all its meters; values are computed when they are read.
 */
package org.telar.simulator.cosem;
