package org.telar.platform.linux.internal;

import java.util.List;

import org.telar.api.platform.PlatformHealth.Component;

/** Looks at one part of the machine. Every wait inside has a deadline of a few seconds; never throws. */
@FunctionalInterface
interface Probe {
    List<Component> look();
}
