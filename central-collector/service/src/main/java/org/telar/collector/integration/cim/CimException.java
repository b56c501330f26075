package org.telar.collector.integration.cim;

/** A message that cannot be taken as a whole: the CIM reply code, and for a person where and what was expected. */
public class CimException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Mandatory header elements missing. */
    public static final String HEADER = "1.5";
    /** Not well-formed, not valid against the schema, or beyond a limit. */
    public static final String SCHEMA = "1.8";

    public static final String UNKNOWN_METER = "2.4";
    public static final String NOUN = "2.5";
    public static final String READING_TYPE = "2.6";
    public static final String VERB = "2.9";
    public static final String REQUEST_ID = "2.15";
    public static final String TOO_MANY = "3.1";
    /** No identifiers of load profile or registers: discarded, not rejected (R68, D19). */
    public static final String NO_TYPE = "5.6";

    private final String code;

    public CimException(String code, String message) {
        super(message);
        this.code = code;
    }

    public CimException(String code, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    public String code() {
        return code;
    }
}
