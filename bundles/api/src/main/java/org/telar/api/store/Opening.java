package org.telar.api.store;

/**
 * One opening of the edge's store. A folder restored from an old copy opens with a lower sequence than the centre has of
 * its epoch: that gives it away before anything of it is acknowledged (F12).
 *
 * @param epoch of the store
 * @param id drawn at each opening and for each new epoch; 0 = not told
 * @param sequence highest sequence that was committed then
 */
public record Opening(long epoch, long id, long sequence) {
    /** Of a store that does not tell its openings. */
    public static Opening untold(long epoch) {
        return new Opening(epoch, 0, 0);
    }

    public boolean isTold() {
        return id != 0;
    }
}
