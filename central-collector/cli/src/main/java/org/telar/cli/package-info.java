/**
 * The command line: commands, the client of the REST API, output as table, JSON or CSV. stdout is data, stderr is
 * progress and faults; exit codes are {@link org.telar.cli.Exit}'s. Texts are Spanish or English by the environment.
 */
package org.telar.cli;
