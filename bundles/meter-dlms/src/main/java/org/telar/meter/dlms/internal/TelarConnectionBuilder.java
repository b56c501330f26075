package org.telar.meter.dlms.internal;

import java.util.Arrays;

import org.openmuc.jdlms.ConnectionBuilder;
import org.openmuc.jdlms.SecuritySuite;
import org.openmuc.jdlms.sessionlayer.client.SessionLayer;
import org.openmuc.jdlms.settings.client.Settings;

/** Plugs our session layer into jDLMS. Its other settings are fixed here, none is left at a default of jDLMS. */
final class TelarConnectionBuilder extends ConnectionBuilder<TelarConnectionBuilder> {
    private static final int CHALLENGE = 16;

    /** The answer is there when send() returns; what is not there by then will not come. */
    private static final int ANSWER_IS_THERE_MILLIS = 100;

    private final SessionLayer layer;
    private final byte[] systemTitle;

    TelarConnectionBuilder(SessionLayer layer, byte[] systemTitle, int client, SecuritySuite suite, long counter) {
        this.layer = layer;
        this.systemTitle = Arrays.copyOf(systemTitle, systemTitle.length);
        setClientId(client);
        setSecuritySuite(suite);
        setFrameCounter(counter);
        setChallengeLength(CHALLENGE);
        setResponseTimeout(ANSWER_IS_THERE_MILLIS);
    }

    @Override
    protected Settings buildSettings() {
        return new Ours();
    }

    @Override
    protected <S extends Settings> SessionLayer buildSessionLayer(S settings) {
        return layer;
    }

    private final class Ours extends SettingsImpl {
        Ours() {
            super(TelarConnectionBuilder.this);
        }

        /** The builder of jDLMS takes a system title in two parts only; ours is eight free bytes. */
        @Override
        public byte[] systemTitle() {
            return systemTitle;
        }
    }
}
