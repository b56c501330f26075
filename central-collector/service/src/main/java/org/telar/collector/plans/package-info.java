/**
 * Plans (Planificación Masiva): any number of meters, any set of commands, in windows of local time (R31, R61, R63,
 * R72-R75). Plan, members and items are rows that whole statements move; the clustered scheduler calls the engine, one
 * instance at a time a plan. What a plan asks of a meter is an ordinary order.
 */
package org.telar.collector.plans;
