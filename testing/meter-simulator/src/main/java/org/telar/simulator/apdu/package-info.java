/**
 * The application layer of a meter (IEC 62056-5-3): association, ciphering, GET, SET and ACTION. A-XDR and AES-GCM are
 * Gurux's; association, lists and blocks are our own, because Gurux 4.0.47's server gets them wrong (see the readme).
 */
package org.telar.simulator.apdu;
