/**
 * Who may use the API, and the record of what they changed. People have accounts with roles and log in; programs have
 * tokens with scopes. The database holds hashes only. No endpoint is open but the health of the process, the login and
 * the activation of a one-time code.
 */
package org.telar.collector.security;
