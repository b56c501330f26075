package org.telar.harness.faults;

import java.util.ArrayList;
import java.util.List;

/** Every fault that can be struck here, in the catalogue's order; control runs after their fault. */
final class Catalogue {
    private Catalogue() {}

    static List<Fault> all() {
        List<Fault> all = new ArrayList<>();
        all.addAll(KillFaults.all());
        all.addAll(DiskFaults.all());
        all.addAll(StoreFaults.all());
        all.addAll(LinkFaults.all());
        all.addAll(CentreFaults.all());
        all.sort(java.util.Comparator.comparingInt(Fault::number).thenComparing(Fault::control));
        return List.copyOf(all);
    }
}
