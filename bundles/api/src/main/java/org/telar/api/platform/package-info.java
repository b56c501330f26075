/** What the agent needs of the machine it runs on: time, paths, keys, counters, health. */
package org.telar.api.platform;
