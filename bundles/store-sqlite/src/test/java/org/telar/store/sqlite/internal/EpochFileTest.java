package org.telar.store.sqlite.internal;

import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class EpochFileTest {
    @TempDir
    Path folder;

    static long epochOf(Path store) throws Exception {
        return EpochFile.at(store.resolve("store.epoch")).read().orElseThrow().epoch();
    }

    @Test
    @DisplayName("F12, R8: each note is read back, and a torn last write leaves the one before it")
    void tornWrite() throws Exception {
        Path path = folder.resolve("store.epoch");
        try (EpochFile file = EpochFile.at(path)) {
            file.begin(7, 0);
            file.note(10);
            file.note(11);
            file.sync();
        }
        byte[] whole = Files.readAllBytes(path);
        assertThat(EpochFile.at(path).read()).contains(new EpochFile.Mark(7, 11, false));
        int torn = 0;
        for (int i = 0; i < whole.length; i += i == 64 ? 4000 : 1) {
            byte[] bytes = whole.clone();
            bytes[i] ^= 0x55;
            Files.write(path, bytes);
            EpochFile.Mark mark = EpochFile.at(path).read().orElseThrow();
            assertThat(mark.highWater()).isBetween(10L, 11L);
            torn += mark.highWater() == 10 ? 1 : 0;
        }
        assertThat(torn).describedAs("damage to the newest slot was noticed").isGreaterThan(30);
    }

    @Test
    @DisplayName("F1: the clean mark is there after finish, and gone as soon as the store is open again")
    void clean() throws Exception {
        Path path = folder.resolve("store.epoch");
        try (EpochFile file = EpochFile.at(path)) {
            file.begin(7, 3);
            file.finish();
        }
        try (EpochFile file = EpochFile.at(path)) {
            assertThat(file.read()).contains(new EpochFile.Mark(7, 3, true));
            file.open();
        }
        assertThat(EpochFile.at(path).read()).contains(new EpochFile.Mark(7, 3, false));
        Files.write(path, new byte[3]);
        assertThat(EpochFile.at(path).read()).isEmpty();
    }
}
