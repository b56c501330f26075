/**
 * From the JMS queue to files on disk: each message becomes one file, whole or not at all, and is acknowledged only
 * when the file is safe. The folder is the hand-over to the integrator, ours or the utility's.
 */
package org.telar.collector.integration.files;
