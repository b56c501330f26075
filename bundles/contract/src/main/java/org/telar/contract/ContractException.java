package org.telar.contract;

/** A message that does not follow the contract; it belongs in quarantine with this reason (R13 of reliability). */
public class ContractException extends Exception {
    private static final long serialVersionUID = 1L;

    public ContractException(String message) {
        super(message);
    }

    public ContractException(String message, Throwable cause) {
        super(message, cause);
    }
}
