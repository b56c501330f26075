package org.telar.image;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Files of the image that are written by hand, with {@code @NAME@} where the profile decides. */
final class Templates {
    private static final Pattern LEFT = Pattern.compile("@[A-Z]+@");

    private Templates() {}

    static String text(String name) {
        try (InputStream in = Templates.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("no resource " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @throws ImageException when a place was left open */
    static String fill(String name, Map<String, String> values) throws ImageException {
        String text = text(name);
        for (Map.Entry<String, String> e : values.entrySet()) {
            text = text.replace("@" + e.getKey() + "@", e.getValue());
        }
        Matcher m = LEFT.matcher(text);
        if (m.find()) {
            throw new ImageException(
                    ImageException.UNEXPECTED,
                    name + ": no value for " + m.group(),
                    name + ": sin valor para " + m.group());
        }
        return text;
    }
}
