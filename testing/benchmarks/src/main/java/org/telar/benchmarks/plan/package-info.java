/** Plans of a million meters, and orders of people while a large plan runs. */
package org.telar.benchmarks.plan;
