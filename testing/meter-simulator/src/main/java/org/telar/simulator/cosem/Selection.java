package org.telar.simulator.cosem;

/**
 * Selective access of a GET: selector 0 means none.
 *
 * @param selector access selector
 * @param parameters decoded parameters, null without selector
 */
public record Selection(int selector, Object parameters) {
    /** Everything. */
    public static final Selection NONE = new Selection(0, null);
}
