/** Byte channels to meters: TCP, UDP, serial. They move bytes within deadlines and know nothing of a protocol. */
package org.telar.api.channel;
