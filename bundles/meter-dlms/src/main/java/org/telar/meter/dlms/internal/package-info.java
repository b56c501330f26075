/**
 * DLMS/COSEM meter driver. jDLMS builds and decodes the APDUs; the sessions below it (wrapper, HDLC), what is read in
 * one visit, what is learned of a model, and the conversion to the domain model are ours. One thread uses a session.
 */
package org.telar.meter.dlms.internal;
