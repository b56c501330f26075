/** The agenda: what the concentrator does by itself, on civil time, also while the WAN is down (R92, D5). */
package org.telar.concentrator.internal.agenda;
