/**
 * The launcher: reads hardware profile and configuration, starts the bundles in Felix, waits until every component is
 * satisfied, and stops cleanly. It knows the components by their configuration PIDs only, never their classes.
 */
package org.telar.agent;
