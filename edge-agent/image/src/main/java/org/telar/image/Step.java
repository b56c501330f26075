package org.telar.image;

import java.util.Locale;

/** A step of the work, told to whoever waits. */
record Step(String english, String spanish) {
    String sentence(Locale locale) {
        return locale.getLanguage().equals("es") ? spanish : english;
    }
}
