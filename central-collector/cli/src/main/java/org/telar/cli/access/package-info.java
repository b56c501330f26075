/** Who may use the collector, from the command line: accounts, tokens, audit. */
package org.telar.cli.access;
