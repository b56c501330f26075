package org.telar.platform.linux.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/** Refuses secrets that others can read (S49). */
final class PrivateFile {
    private static final Set<PosixFilePermission> OWNER = EnumSet.of(
            PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE, PosixFilePermission.OWNER_EXECUTE);

    private PrivateFile() {}

    /** @throws IOException with a sentence when group or others have any right on the file, or it is not there */
    static void require(Path file) throws IOException {
        if (!Files.isReadable(file)) {
            throw new IOException(file + ": there is no such file, or this user cannot read it");
        }
        Set<PosixFilePermission> rights = Files.getPosixFilePermissions(file);
        if (!OWNER.containsAll(rights)) {
            throw new IOException(file + " holds secrets and is open to others ("
                    + PosixFilePermissions.toString(rights) + "); it is refused. Make it private: chmod 600 " + file);
        }
    }
}
