package org.telar.collector.integration.messages;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.telar.collector.integration.Arrows;
import org.telar.collector.integration.files.LegacyFolder;

/** Into the folder for answers, one file each, whole or not at all. */
public final class FolderCarrier implements Courier.Carrier {
    private final Path folder;

    public FolderCarrier(Path folder) throws IOException {
        this.folder = Files.createDirectories(folder);
    }

    @Override
    public Destination.Kind kind() {
        return Destination.Kind.FILE;
    }

    @Override
    public void carry(Courier.Letter letter) throws IOException {
        LegacyFolder.write(
                folder.resolve(letter.noun() + "-" + letter.messageId() + ".xml"),
                out -> out.write(letter.body()),
                Arrows.QUIET);
    }
}
