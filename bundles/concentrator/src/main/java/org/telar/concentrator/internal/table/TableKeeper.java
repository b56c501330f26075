package org.telar.concentrator.internal.table;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.telar.api.platform.DurableFile;
import org.telar.api.platform.EventSink;
import org.telar.api.platform.Gateway;
import org.telar.api.platform.KeyReceiver;
import org.telar.concentrator.internal.Versions;
import org.telar.contract.Contract;
import org.telar.contract.ContractException;
import org.telar.contract.KeyTable;
import org.telar.contract.Result;
import org.telar.contract.Table;

/**
 * The meter table in force: the gateway's own file until the centre sends one, from then on the centre's, kept in the data
 * folder (R32, R88). A table and its keys are taken together or not at all (D17). One caller at a time.
 */
public final class TableKeeper {
    private static final Logger LOG = LoggerFactory.getLogger(TableKeeper.class);
    private static final String NAME = "meter table of the centre";

    private final Path pushed;
    private final MeterTableFile own;
    private final Gateway gateway;
    private final Optional<KeyReceiver> keys;
    private final EventSink events;
    private final Versions versions = new Versions("table");
    private long version;
    private int meters;
    private List<String> problems = List.of();

    /**
     * @param own the gateway's own file
     * @param keys where keys go; empty on a platform that takes none
     */
    public TableKeeper(Path own, Gateway gateway, Optional<KeyReceiver> keys, EventSink events) {
        Path folder = gateway.dataDirectory();
        this.pushed = folder.resolve("meters.centre");
        this.own = new MeterTableFile(own, folder.resolve("meters.last-good"));
        this.gateway = gateway;
        this.keys = keys;
        this.events = events;
    }

    /** What a table that came down did. @param table empty when nothing changed */
    public record Received(Optional<MeterTable> table, Optional<Result.Applied> answer) {}

    /**
     * The table at start.
     *
     * @throws TableException when there is none that can be used
     */
    public MeterTable load() throws TableException {
        try {
            Optional<String> text = DurableFile.read(pushed);
            if (text.isPresent()) {
                int end = text.get().indexOf('\n');
                MeterTable table = MeterTableParser.parse(NAME, text.get().substring(end + 1));
                version = Long.parseLong(text.get().substring(0, end));
                meters = table.all().size();
                problems = table.problems();
                return table;
            }
        } catch (IOException | TableException | NumberFormatException | IndexOutOfBoundsException e) {
            // The retained message brings it again with the next link.
            events.event(
                    "CONFIG_FALLBACK",
                    EventSink.Severity.WARNING,
                    "The centre's meter table cannot be read (" + e.getMessage() + "); the gateway's own is used.",
                    Map.of("file", pushed.toString()));
        }
        return own.load();
    }

    /** The own file, when it has changed and counts. */
    public Optional<MeterTable> poll() {
        return version > 0 ? Optional.empty() : own.poll();
    }

    /** Version of the centre's table in force, 0 while the own file counts. */
    public long version() {
        return version;
    }

    /** Takes a table of the centre: keys first, then the lines; to disk before anything uses it. */
    public Received received(Table told, Instant now) {
        if (told.version() <= version) {
            return new Received(Optional.empty(), versions.known(told.version(), version, meters, problems, now));
        }
        try {
            MeterTable table = MeterTableParser.parse("version " + told.version(), told.csv());
            if (table.all().isEmpty() && !table.problems().isEmpty()) {
                return refused(told, table.problems(), now);
            }
            Optional<KeyTable> opened = open(told);
            if (opened.isPresent()) {
                keys.orElseThrow().install(opened.get().version(), opened.get().keys());
            }
            DurableFile.write(pushed, told.version() + "\n" + told.csv());
            version = told.version();
            meters = table.all().size();
            problems = table.problems();
            problems.forEach(p -> LOG.error("Meter table: {}", p));
            return new Received(Optional.of(table), versions.inForce(version, meters, table.problems(), now));
        } catch (TableException | KeysRefused e) {
            return refused(told, List.of(e.getMessage()), now);
        } catch (IOException e) {
            return refused(told, List.of("it cannot be kept on disk: " + e.getMessage()), now);
        }
    }

    private Received refused(Table told, List<String> why, Instant now) {
        Optional<Result.Applied> answer = versions.refused(told.version(), why, now);
        if (answer.isPresent()) {
            events.event(
                    "METER_TABLE_REFUSED",
                    EventSink.Severity.WARNING,
                    "Meter table version " + told.version() + " is refused, the one in force stays: " + why.get(0),
                    Map.of("version", Long.toString(told.version()), "problems", Integer.toString(why.size())));
        }
        return new Received(Optional.empty(), answer);
    }

    private Optional<KeyTable> open(Table told) throws KeysRefused {
        if (told.keys().length == 0) {
            return Optional.empty();
        }
        if (keys.isEmpty()) {
            throw new KeysRefused("this platform takes no keys from the centre");
        }
        byte[] plain = new byte[0];
        try {
            plain = keys.get().open(told.keys());
            KeyTable table = Contract.decodeKeys(plain);
            if (!table.gateway().equals(gateway.id())) {
                throw new KeysRefused("the keys are for gateway " + table.gateway() + ", this is " + gateway.id());
            }
            if (table.version() < keys.get().version()) {
                throw new KeysRefused("the keys have version " + table.version() + ", older than version "
                        + keys.get().version() + " in force");
            }
            return Optional.of(table);
        } catch (GeneralSecurityException | ContractException e) {
            throw new KeysRefused("the keys cannot be opened: " + e.getMessage());
        } finally {
            Arrays.fill(plain, (byte) 0);
        }
    }

    private static final class KeysRefused extends Exception {
        private static final long serialVersionUID = 1L;

        KeysRefused(String message) {
            super(message);
        }
    }

    /** What a new table changes, for events and for what was remembered of meters. */
    public static Changes changes(MeterTable before, MeterTable after) {
        Changes c = new Changes(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        before.entries().forEach((id, entry) -> {
            Optional<MeterEntry> now = after.find(id);
            if (now.isEmpty()) {
                c.removed().add(entry);
            } else if (!now.get().meter().identity().equals(entry.meter().identity())) {
                c.replaced().add(now.get());
            }
        });
        after.entries().forEach((id, entry) -> {
            if (before.find(id).isEmpty()) {
                c.added().add(entry);
            }
        });
        return c;
    }

    /** @param replaced meters whose number now belongs to another device */
    public record Changes(List<MeterEntry> added, List<MeterEntry> removed, List<MeterEntry> replaced) {}
}
