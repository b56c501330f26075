/**
 * What the way to the centre costs: the product's store and uplink against other forms of the same data, all through one
 * broker over mutual TLS, counted on the TCP socket.
 */
package org.telar.benchmarks.uplink;
