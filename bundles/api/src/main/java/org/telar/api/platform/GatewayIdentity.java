package org.telar.api.platform;

/** Service that says who this gateway is. */
public interface GatewayIdentity {
    Gateway gateway();
}
