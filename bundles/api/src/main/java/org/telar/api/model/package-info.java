/**
 * What a meter says, as values: readings, blocks of readings, closings, and the code words of results. The columnar
 * codec of a poll lives here once; the store and the message contract both use it. Values only, no behaviour of a
 * medium, a database or a broker.
 */
package org.telar.api.model;
