/** {@code telar report}: reports, data store, deliveries to interested parties, dump. */
package org.telar.cli.report;
