package org.telar.collector.security;

import java.util.Locale;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import org.springframework.security.crypto.argon2.Argon2PasswordEncoder;

/** Argon2id with 19 MiB and two passes (S06); few at a time, so that a flood of logins cannot take the memory. */
final class Passwords {
    static final int SHORTEST = 12;
    static final int LONGEST = 128;

    private static final int AT_A_TIME = 2;
    private static final long LONGEST_WAIT_S = 5;
    private final Argon2PasswordEncoder encoder = new Argon2PasswordEncoder(16, 32, 1, 19 * 1024, 2);
    private final Semaphore places = new Semaphore(AT_A_TIME);
    private final String nobody = encoder.encode(Secrets.token());

    /** Whether a password can be taken for an account of that name. */
    static boolean acceptable(String name, String password) {
        return password.length() >= SHORTEST
                && password.length() <= LONGEST
                && password.chars().distinct().count() >= 5
                && !password.toLowerCase(Locale.ROOT).contains(name);
    }

    String hash(String password) {
        return inPlace(() -> encoder.encode(password));
    }

    boolean matches(String password, String hash) {
        return inPlace(() -> encoder.matches(password, hash));
    }

    /** Costs what a comparison costs: nobody learns from the time whether a name exists (S08). */
    boolean refuse(String password) {
        matches(password, nobody);
        return false;
    }

    private <T> T inPlace(Supplier<T> work) {
        try {
            if (!places.tryAcquire(LONGEST_WAIT_S, TimeUnit.SECONDS)) {
                throw new BusyException();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BusyException();
        }
        try {
            return work.get();
        } finally {
            places.release();
        }
    }
}
