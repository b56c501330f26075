/** {@code telar legacy}: what was delivered to the Legacy, what was put aside, how far it is behind. */
package org.telar.cli.legacy;
