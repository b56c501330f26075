package org.telar.image;

import java.util.Locale;

/** A processor architecture with its names: the profile's, Debian's, Java's ({@code os.arch}), that of jmod files. */
enum Architecture {
    X86_64("x86_64", "amd64", "amd64", "x86_64", "x86_64"),
    AARCH64("aarch64", "arm64", "aarch64", "aarch64", "armv8_64"),
    ARMV7("armv7", "armhf", "arm", "armv7", "armv7hf");

    final String profile;
    final String debian;
    final String java;
    final String sqlite;
    final String serial;

    Architecture(String profile, String debian, String java, String sqlite, String serial) {
        this.profile = profile;
        this.debian = debian;
        this.java = java;
        this.sqlite = sqlite;
        this.serial = serial;
    }

    /** That of this machine. */
    static Architecture here() throws ImageException {
        return ofJava(System.getProperty("os.arch"));
    }

    static Architecture ofJava(String name) throws ImageException {
        String plain = name.toLowerCase(Locale.ROOT);
        for (Architecture a : values()) {
            if (a.java.equals(plain) || a.profile.equals(plain)) {
                return a;
            }
        }
        throw new ImageException(
                ImageException.MISSING,
                "There are no native libraries for the architecture " + name + ".",
                "No hay bibliotecas nativas para la arquitectura " + name + ".");
    }

    /** @param name of a profile; {@code any} is that of this machine */
    static Architecture of(String name) throws ImageException {
        return name.equals("any") ? here() : ofJava(name);
    }
}
