/**
 * The way from the central database to the Legacy Integration Database: new samples become CIM messages on the queue,
 * files on disk, and rows with a journal. {@link org.telar.collector.integration.PendingWork} is the only door into it
 * for ingest; nothing outside these packages knows CIM.
 */
package org.telar.collector.integration;
