/**
 * Starts, watches and stops the real processes of Telar, and judges what they delivered. Used by the demo, the story
 * tests and the benchmarks; it knows the processes by their command lines, files and ports only, never by their classes.
 */
package org.telar.harness;
