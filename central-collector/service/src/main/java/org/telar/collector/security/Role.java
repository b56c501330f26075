package org.telar.collector.security;

import java.util.EnumSet;
import java.util.Set;

/** Roles of people, by the document's words. */
public enum Role {
    LECTOR(Permission.READ),
    OPERADOR(Permission.READ, Permission.OPERATE),
    ADMINISTRADOR(Permission.READ, Permission.OPERATE, Permission.REGISTRY, Permission.ADMIN),
    AUDITOR(Permission.READ, Permission.AUDIT);

    private final Set<Permission> permissions;

    Role(Permission first, Permission... more) {
        this.permissions = EnumSet.of(first, more);
    }

    public Set<Permission> permissions() {
        return EnumSet.copyOf(permissions);
    }
}
