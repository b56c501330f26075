/** Who may use the API: bearer tokens, kept as hashes; no endpoint is open but the health of the process. */
package org.telar.collector.security;
