/**
 * Looks at what was loaded into the Legacy database and flags what is doubtful: gaps, values that cannot be, sums that do
 * not meet the closings. It changes no reading and rejects none (D9); flags are found anew whenever a day changes.
 */
package org.telar.collector.validation;
