/** {@code telar backup}: backups of the embedded databases and their drills. */
package org.telar.cli.backup;
