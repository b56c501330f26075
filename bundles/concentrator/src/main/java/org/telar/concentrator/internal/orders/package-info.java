/** Orders of the centre: checked against the concentrator's own table, executed at the meter or from the store (R23–R26). */
package org.telar.concentrator.internal.orders;
