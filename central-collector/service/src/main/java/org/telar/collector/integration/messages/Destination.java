package org.telar.collector.integration.messages;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a message goes: a JMS queue, an HTTPS address that the site has allowed, the folder for answers, or nowhere: it
 * is kept until somebody fetches it.
 *
 * @param name queue or address; empty for folder and kept
 */
public record Destination(Kind kind, String name) {
    private static final Pattern QUEUE =
            Pattern.compile("(?:jms:(?:/)?(?:queue[:/])?|queue:(?://)?|jms/)?([A-Za-z0-9._-]{1,128})");
    /** Ours: nobody else's answers go there. */
    private static final String OWN = "telar.";

    private static final String REPLIES = "telar.cim.replies";

    /** What carries it. */
    public enum Kind {
        JMS,
        HTTP,
        FILE,
        KEPT
    }

    public static Destination queue(String name) {
        return new Destination(Kind.JMS, name);
    }

    public static Destination folder() {
        return new Destination(Kind.FILE, "");
    }

    public static Destination kept() {
        return new Destination(Kind.KEPT, "");
    }

    /**
     * Reads a ReplyAddress: {@code https://…}, {@code jms:queue:NAME}, {@code queue://NAME}, {@code NAME}, {@code
     * file:}.
     *
     * @param allowed prefixes of addresses that answers may be posted to
     * @return empty when we do not deliver there
     */
    public static Optional<Destination> of(String address, Set<String> allowed) {
        String lower = address.toLowerCase(Locale.ROOT);
        if (lower.startsWith("http:") || lower.startsWith("https:")) {
            return http(address, allowed);
        }
        if (lower.equals("file:") || lower.equals("file")) {
            return Optional.of(folder());
        }
        Matcher queue = QUEUE.matcher(address);
        if (!queue.matches()) {
            return Optional.empty();
        }
        String name = queue.group(1);
        boolean ours = name.startsWith(OWN) && !name.equals(REPLIES) && !name.startsWith(REPLIES + ".");
        boolean internal = name.startsWith("$") || name.toLowerCase(Locale.ROOT).startsWith("activemq.");
        return ours || internal ? Optional.empty() : Optional.of(queue(name));
    }

    /** The prefix must end where a path or a whole name ends, so that no other host can begin like an allowed one. */
    private static Optional<Destination> http(String address, Set<String> allowed) {
        try {
            URI uri = new URI(address).normalize();
            boolean plain = uri.getHost() != null && uri.getUserInfo() == null && uri.getFragment() == null;
            for (String prefix : allowed) {
                URI base = new URI(prefix);
                boolean below = uri.getScheme().equalsIgnoreCase(base.getScheme())
                        && String.valueOf(uri.getHost()).equalsIgnoreCase(base.getHost())
                        && uri.getPort() == base.getPort()
                        && uri.getPath().startsWith(base.getPath());
                if (plain && below) {
                    return Optional.of(new Destination(Kind.HTTP, uri.toString()));
                }
            }
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
        return Optional.empty();
    }
}
