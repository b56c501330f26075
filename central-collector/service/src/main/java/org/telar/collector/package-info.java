/**
 * The central collector as a process: its start, its end, and how it says that it cannot start. Everything else lives
 * in one package per capability.
 */
package org.telar.collector;
