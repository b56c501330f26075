package org.telar.collector;

import org.springframework.boot.SpringBootExceptionReporter;
import org.springframework.boot.context.properties.ConfigurationPropertiesBindException;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.context.ConfigurableApplicationContext;

/** Says in one sentence why the collector did not start; what it does not know keeps its stack trace. */
public final class StartFailure implements SpringBootExceptionReporter {
    public StartFailure(ConfigurableApplicationContext context) {}

    @Override
    public boolean reportException(Throwable failure) {
        String sentence = sentence(failure);
        if (sentence.isEmpty()) {
            return false;
        }
        System.err.println("telar-collector: " + sentence);
        return true;
    }

    static int exitCode(Throwable failure) {
        return sentence(failure).isEmpty() ? 1 : RefusedException.EXIT_CODE;
    }

    /** The reason in words, or empty when it is a fault of ours. */
    static String sentence(Throwable failure) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t instanceof RefusedException) {
                return t.getMessage();
            }
            if (t instanceof PortInUseException p) {
                return "port " + p.getPort() + " (telar.http.port) is in use by another process; choose another one.";
            }
            if (t instanceof BindException b) {
                return "the value of " + b.getName() + " is not what was expected: " + rootMessage(b) + ".";
            }
            if (t instanceof ConfigurationPropertiesBindException c && c.getCause() == null) {
                return c.getMessage();
            }
        }
        return "";
    }

    private static String rootMessage(Throwable t) {
        Throwable root = t;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String message = String.valueOf(root.getMessage());
        return message.endsWith(".") ? message.substring(0, message.length() - 1) : message;
    }
}
