/**
 * The meter simulator: a process of its own that answers as hundreds of DLMS meters. This package holds the command line
 * and puts the parts together.
 */
package org.telar.simulator;
