/**
 * What the collector stands on: settings, the embedded PostgreSQL and broker (or external ones), TLS material, data
 * folder and clock. Nothing here knows meters or messages.
 */
package org.telar.collector.platform;
