package org.telar.cli;

import java.text.MessageFormat;
import java.util.Locale;
import java.util.Map;
import java.util.ResourceBundle;

/** What people read, in Spanish or English. */
public final class Texts {
    private static final String BUNDLE = "org.telar.cli.texts";
    private final ResourceBundle bundle;

    private Texts(Locale locale) {
        this.bundle = ResourceBundle.getBundle(
                BUNDLE, locale, ResourceBundle.Control.getNoFallbackControl(ResourceBundle.Control.FORMAT_PROPERTIES));
    }

    /** Spanish when LC_ALL, LC_MESSAGES or LANG, the first that is set, begins with es; else English. */
    public static Texts of(Map<String, String> environment) {
        for (String name : new String[] {"LC_ALL", "LC_MESSAGES", "LANG"}) {
            String value = environment.getOrDefault(name, "");
            if (!value.isEmpty()) {
                return new Texts(value.startsWith("es") ? new Locale("es") : Locale.ROOT);
            }
        }
        return new Texts(Locale.ROOT);
    }

    ResourceBundle bundle() {
        return bundle;
    }

    /** {@code es} or {@code en}, for Accept-Language. */
    public String language() {
        return bundle.getLocale().getLanguage().equals("es") ? "es" : "en";
    }

    /** The text with its places {0}, {1} … filled in. */
    public String say(String key, Object... arguments) {
        Object[] shown = new Object[arguments.length];
        for (int i = 0; i < arguments.length; i++) {
            shown[i] = String.valueOf(arguments[i]);
        }
        return new MessageFormat(bundle.getString(key), Locale.ROOT).format(shown);
    }

    /** A column's heading; the column's own name where the texts have none. */
    String heading(String column) {
        String key = "column." + column;
        return bundle.containsKey(key) ? bundle.getString(key) : column;
    }
}
