package org.telar.agent;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * One thing that is wrong in a file of configuration.
 *
 * @param file its path; empty when the sentences name it themselves
 * @param key path of keys such as {@code media.plc.inFlight}; empty for the file as a whole
 * @param english what was expected and what was found
 * @param spanish the same
 */
record Problem(String file, String key, String english, String spanish) {
    private static final int SHOWN = 80;

    static Problem of(String file, String key, Expected expected, Object found) {
        String shown = String.valueOf(found);
        String cut = shown.length() > SHOWN ? shown.substring(0, SHOWN) + "..." : shown;
        return new Problem(
                file,
                key,
                expected.english() + " expected, got " + cut,
                "se espera " + expected.spanish() + ", hay " + cut);
    }

    static Problem missing(String file, String key, Expected expected) {
        return new Problem(
                file,
                key,
                expected.english() + " expected, got nothing",
                "se espera " + expected.spanish() + ", no hay nada");
    }

    /** @param locale Spanish speaks Spanish, all others English */
    String sentence(Locale locale) {
        boolean es = locale.getLanguage().equals("es");
        if (file.isEmpty()) {
            return es ? spanish : english;
        }
        String where = key.isEmpty() ? file : file + (es ? ", clave \"" : ", key \"") + key + "\"";
        return where + ": " + (es ? spanish : english);
    }

    /** All of them as one message in English, a sentence each. */
    static String message(List<Problem> problems) {
        return problems.stream().map(p -> p.sentence(Locale.ENGLISH)).collect(Collectors.joining("; "));
    }

    /** What a value should have been, in both languages. */
    record Expected(String english, String spanish) {}
}
