/**
 * Requests that the utility's systems send: from JMS queues, HTTP and a folder, one pipeline behind them. Orders, plans
 * and the registry are reached through small interfaces that those packages implement.
 */
package org.telar.collector.integration.requests;
