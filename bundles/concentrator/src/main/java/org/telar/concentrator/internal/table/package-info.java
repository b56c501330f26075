/** The meter table: who may be read, how, and in which state of commissioning (R32). A broken line costs that line only. */
package org.telar.concentrator.internal.table;
