/**
 * Backup of the embedded PostgreSQL while it serves, and the way back: the server's own online backup over JDBC with a
 * copy of its files and log, since its binaries bring no pg_dump. A copy says what its tables held, so that a drill can
 * tell whether it would bring everything back (R86).
 */
package org.telar.collector.backup;
