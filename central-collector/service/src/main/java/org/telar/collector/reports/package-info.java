/**
 * What interested parties read: fourteen reports on views of the two databases, the data store that an ETL fills with a
 * report of its rejects, deliveries with a scope for each party, and the one-way dump for a data operator. Nothing here
 * writes to readings, and nothing but files and posts goes out (R07 to R11, R87).
 */
package org.telar.collector.reports;
