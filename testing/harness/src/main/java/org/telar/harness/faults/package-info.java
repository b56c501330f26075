/**
 * Faults on purpose (reliability.md): the real processes are started, one fault strikes at a seeded random moment, and
 * the ledger of the meters judges what reached the Legacy. Everything that spoils something is outside the product: proxies,
 * signals, disks, clocks; there is no switch in it that a site could leave on.
 */
package org.telar.harness.faults;
