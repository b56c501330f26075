package org.telar.collector;

import java.text.MessageFormat;
import java.util.Locale;
import java.util.ResourceBundle;

/**
 * Something a person or a program gave is not what was expected. It has a stable code, and a sentence with the way out
 * in Spanish and English ({@code words.properties}, {@code words_es.properties}); {@link #getMessage} is the English one.
 */
public class BadInput extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;
    private static final ResourceBundle.Control NO_FALLBACK =
            ResourceBundle.Control.getNoFallbackControl(ResourceBundle.Control.FORMAT_PROPERTIES);

    private final String code;
    private final transient Object[] arguments;

    /** @param arguments what the sentence names, in the order of its places */
    public BadInput(String code, Object... arguments) {
        super(words(Locale.ENGLISH, code, arguments));
        this.code = code;
        this.arguments = arguments.clone();
    }

    public String code() {
        return code;
    }

    public String sentence(Locale locale) {
        return words(locale, code, arguments);
    }

    /** The sentence of a code; English where the language has none of its own. */
    public static String words(Locale locale, String code, Object... arguments) {
        ResourceBundle bundle = ResourceBundle.getBundle("org.telar.collector.words", locale, NO_FALLBACK);
        Object[] texts = new Object[arguments.length];
        for (int i = 0; i < texts.length; i++) {
            texts[i] = String.valueOf(arguments[i]);
        }
        return new MessageFormat(bundle.getString(code), locale).format(texts);
    }
}
