/** The link to the centre as the rest of the agent sees it: its state, and what comes down. */
package org.telar.api.uplink;
