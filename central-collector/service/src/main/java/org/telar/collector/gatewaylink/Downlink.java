package org.telar.collector.gatewaylink;

import java.time.Duration;

import org.telar.contract.Agenda;
import org.telar.contract.Config;
import org.telar.contract.Order;
import org.telar.contract.Table;

/** What goes down to a concentrator. Every call has a deadline. Thread-safe. */
public interface Downlink {
    /**
     * Publishes an order; the broker forgets it when what is left of its deadline has passed, and never retains it
     * (D15).
     *
     * @param left until the deadline; an order without time left is not sent
     * @throws LinkDownException when the broker did not take it
     */
    void order(String gateway, Order order, Duration left) throws LinkDownException;

    /**
     * Publishes the agenda, retained: a concentrator finds it whenever it connects (R92).
     *
     * @throws LinkDownException when the broker did not take it
     */
    void agenda(String gateway, Agenda agenda) throws LinkDownException;

    /**
     * Publishes the meter table, retained: the concentrator finds the newest whenever it connects (R32, R88).
     *
     * @throws LinkDownException when the broker did not take it
     */
    void table(String gateway, Table table) throws LinkDownException;

    /**
     * Publishes values that replace those of the gateway's own configuration, retained.
     *
     * @throws LinkDownException when the broker did not take it
     */
    void config(String gateway, Config config) throws LinkDownException;

    boolean isConnected();

    /** The broker did not take a message. */
    class LinkDownException extends Exception {
        private static final long serialVersionUID = 1L;

        public LinkDownException(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
