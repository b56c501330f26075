package org.telar.acquisition;

/**
 * How large a read of one meter may be, so that no single exchange holds the medium for more than 3 s (D14). Told to a
 * {@link Work} when its visit begins. Used by one thread at a time.
 */
public interface Slicing {
    /** No limit but the caller's own. */
    Slicing NONE = new Slicing() {
        @Override
        public int slots(int most) {
            return most;
        }

        @Override
        public void asked(int slots) {}
    };

    /**
     * Most profile slots of the next read.
     *
     * @param most the caller's own limit, at least 1
     */
    int slots(int most);

    /** How many slots the read of this step asks for; what its exchanges take is learned from. */
    void asked(int slots);
}
