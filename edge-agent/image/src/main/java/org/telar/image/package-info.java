/**
 * Makes the standalone image of the edge agent: a folder with a Java runtime of its own and everything that the agent
 * needs, and a Debian package of it. Runs where Telar is built, never on a gateway.
 */
package org.telar.image;
