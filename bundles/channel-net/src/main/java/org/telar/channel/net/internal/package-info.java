/**
 * TCP and UDP channels on the JDK's non-blocking sockets. Every wait, a write included, has a deadline, so that a peer
 * that stops reading cannot hold a thread of the agent.
 */
package org.telar.channel.net.internal;
