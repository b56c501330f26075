package org.telar.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

import org.telar.harness.HarnessException;
import org.telar.harness.Installation;

/** One benchmark. */
public interface Benchmark {
    String name();

    /** One line for {@code --list}. */
    String describe();

    List<Figure> run(Context context) throws HarnessException, IOException, InterruptedException;

    /**
     * What a run has.
     *
     * @param seed of the simulated meters
     * @param quick fewer or shorter measurements, same targets
     * @param work empty folder that is removed afterwards
     * @param progress takes lines for people
     */
    record Context(Installation installation, long seed, boolean quick, Path work, Consumer<String> progress) {}
}
