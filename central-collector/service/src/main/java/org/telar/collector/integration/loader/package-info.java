/**
 * The integrator: picks files up, checks them, and loads each with its journal row in one transaction into the Legacy
 * Integration Database. A file is loaded once, whoever brings it and however often; what fails comes back after an hour.
 */
package org.telar.collector.integration.loader;
