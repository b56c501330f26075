/**
 * N2PLoad runs: ordered by the centre or started by a concentrator's agenda, judged meter by meter when their data is
 * in (R40–R51, D12), and the gaps that stay, each with its cause.
 */
package org.telar.collector.n2pload;
