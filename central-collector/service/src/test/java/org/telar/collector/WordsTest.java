package org.telar.collector;

import java.util.Locale;
import java.util.ResourceBundle;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Sentences for people are complete in both languages. */
class WordsTest {
    private static ResourceBundle bundle(String language) {
        return ResourceBundle.getBundle(
                "org.telar.collector.words",
                Locale.forLanguageTag(language),
                ResourceBundle.Control.getNoFallbackControl(ResourceBundle.Control.FORMAT_PROPERTIES));
    }

    @Test
    @DisplayName("every code has its sentence in Spanish and in English, with the same places")
    void complete() {
        ResourceBundle english = bundle("en");
        ResourceBundle spanish = bundle("es-CL");
        assertThat(spanish.keySet()).isEqualTo(english.keySet());
        for (String code : english.keySet()) {
            for (int place = 0; place < 5; place++) {
                String p = "{" + place + "}";
                assertThat(spanish.getString(code).contains(p))
                        .as("%s names %s in Spanish", code, p)
                        .isEqualTo(english.getString(code).contains(p));
            }
            if (!english.getString(code).equals("{0}")) {
                assertThat(spanish.getString(code)).as(code).isNotEqualTo(english.getString(code));
            }
        }
    }
}
