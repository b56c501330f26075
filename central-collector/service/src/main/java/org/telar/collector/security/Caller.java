package org.telar.collector.security;

import java.security.Principal;
import java.util.Set;

/** Who sends a request. */
public record Caller(String name, Kind kind, Set<Permission> permissions) implements Principal {
    @Override
    public String getName() {
        return name;
    }

    /** A person after a login, or a program with a token. */
    public enum Kind {
        PERSON,
        PROGRAM
    }
}
