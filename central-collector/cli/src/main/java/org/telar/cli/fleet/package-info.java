/** The fleet from the command line: reading, orders, plans, loads, meters, concentrators, events, alarms, state. */
package org.telar.cli.fleet;
