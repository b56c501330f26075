package org.telar.concentrator.internal.table;

/** A whole meter table is of no use: which file, which line, what was expected. */
public class TableException extends Exception {
    private static final long serialVersionUID = 1L;

    public TableException(String message) {
        super(message);
    }

    public TableException(String message, Throwable cause) {
        super(message, cause);
    }
}
