package org.telar.concentrator.internal.orders;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32C;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.telar.contract.Contract;
import org.telar.contract.ContractException;
import org.telar.contract.Order;
import org.telar.contract.Result;

/**
 * Orders over a restart of the agent: an order is on disk before it is executed, its result before it goes to the outbox, so
 * that it is executed once, and its result is never lost (D15). One line an entry, each with a checksum: {@code T} taken,
 * {@code R} result, {@code D} the result is in the outbox. Made small again at every opening and when it has grown.
 * Thread-safe.
 */
public final class OrderJournal implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OrderJournal.class);
    private static final int REMEMBERED = 2_000;
    private static final long MOST_BYTES = 4L << 20;

    private final Path file;
    private final Map<String, byte[]> open = new LinkedHashMap<>();
    private final Map<String, byte[]> results = new LinkedHashMap<>();
    private final Set<String> done = new LinkedHashSet<>();
    private FileChannel out;

    /** @throws IOException when it cannot be read or written: no order could be kept */
    public OrderJournal(Path file) throws IOException {
        this.file = file;
        if (Files.exists(file)) {
            read();
        }
        compact();
    }

    private void read() throws IOException {
        int bad = 0;
        for (String line : Files.readAllLines(file, StandardCharsets.ISO_8859_1)) {
            String[] f = line.split(" ", 4);
            if (f.length == 4 && f[0].equals(checksum(f[1] + " " + f[2] + " " + f[3]))) {
                replay(f[1], text(f[2]), Base64.getDecoder().decode(f[3]));
            } else {
                bad++;
            }
        }
        if (bad > 0) {
            // A torn last line is what a power cut leaves: its order was not executed yet, its result not sent yet.
            LOG.warn("{}: {} damaged lines left out", file, bad);
        }
    }

    private void replay(String what, String id, byte[] payload) {
        switch (what) {
            case "T" -> open.put(id, payload);
            case "R" -> {
                open.remove(id);
                results.put(id, payload);
            }
            default -> {
                open.remove(id);
                results.remove(id);
                remember(id);
            }
        }
    }

    private void remember(String id) {
        done.add(id);
        if (done.size() > REMEMBERED) {
            Iterator<String> oldest = done.iterator();
            oldest.next();
            oldest.remove();
        }
    }

    /** Orders that were taken and have no result yet, in the order they came. */
    public synchronized List<Order> open() {
        List<Order> orders = new ArrayList<>();
        open.forEach((id, payload) -> {
            try {
                orders.add(Contract.decodeOrder(payload));
            } catch (ContractException e) {
                LOG.error("Order {} in {} cannot be read any more: {}", id, file, e.getMessage());
            }
        });
        return orders;
    }

    /** Results that were not in the outbox yet, by order. */
    public synchronized Map<String, Result> undelivered() {
        Map<String, Result> left = new LinkedHashMap<>();
        results.forEach((id, payload) -> {
            try {
                left.put(id, Contract.decodeResult(payload));
            } catch (ContractException e) {
                LOG.error("The result of {} in {} cannot be read any more: {}", id, file, e.getMessage());
            }
        });
        return left;
    }

    /** True when the order has been taken and has no result yet. */
    public synchronized boolean isOpen(String id) {
        return open.containsKey(id);
    }

    /**
     * Takes an order; on disk when this returns true.
     *
     * @return false when it was taken before: it is not to be executed again
     */
    public synchronized boolean take(Order order) throws IOException {
        if (open.containsKey(order.id()) || results.containsKey(order.id()) || done.contains(order.id())) {
            return false;
        }
        byte[] payload = Contract.encode(order);
        write("T", order.id(), payload, true);
        open.put(order.id(), payload);
        return true;
    }

    /** Its result, on disk when this returns. @return false when it has one already */
    public synchronized boolean result(String id, Result result) throws IOException {
        if (results.containsKey(id) || done.contains(id)) {
            return false;
        }
        byte[] payload = Contract.encode(result);
        write("R", id, payload, true);
        open.remove(id);
        results.put(id, payload);
        return true;
    }

    /** The result is in the outbox, which is as safe. Need not be on disk: at worst the same result is appended twice. */
    public synchronized void delivered(String id) throws IOException {
        write("D", id, new byte[0], false);
        results.remove(id);
        remember(id);
        if (out.size() > MOST_BYTES) {
            compact();
        }
    }

    private void write(String what, String id, byte[] payload, boolean force) throws IOException {
        String line = line(what, id, payload);
        ByteBuffer bytes = ByteBuffer.wrap(line.getBytes(StandardCharsets.ISO_8859_1));
        long before = out.size();
        try {
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            if (force) {
                out.force(false);
            }
        } catch (IOException e) {
            out.truncate(before);
            throw e;
        }
    }

    private static String line(String what, String id, byte[] payload) {
        String content = what + " "
                + Base64.getEncoder().withoutPadding().encodeToString(id.getBytes(StandardCharsets.UTF_8)) + " "
                + Base64.getEncoder().encodeToString(payload);
        return checksum(content) + " " + content + "\n";
    }

    private static String text(String base64) {
        return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
    }

    private static String checksum(String content) {
        CRC32C crc = new CRC32C();
        crc.update(content.getBytes(StandardCharsets.ISO_8859_1));
        return String.format("%08x", crc.getValue());
    }

    private void compact() throws IOException {
        StringBuilder text = new StringBuilder();
        done.forEach(id -> text.append(line("D", id, new byte[0])));
        results.forEach((id, payload) -> text.append(line("R", id, payload)));
        open.forEach((id, payload) -> text.append(line("T", id, payload)));
        Path folder = file.toAbsolutePath().getParent();
        Files.createDirectories(folder);
        Path temp = folder.resolve(file.getFileName() + ".tmp");
        try (FileChannel fresh = FileChannel.open(
                temp, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer bytes = ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.ISO_8859_1));
            while (bytes.hasRemaining()) {
                fresh.write(bytes);
            }
            fresh.force(true);
        }
        if (out != null) {
            out.close();
        }
        Files.move(temp, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
            directory.force(true);
        }
        out = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
    }

    @Override
    public synchronized void close() {
        try {
            out.close();
        } catch (IOException e) {
            LOG.warn("{} cannot be closed: {}", file, e.toString());
        }
    }
}
