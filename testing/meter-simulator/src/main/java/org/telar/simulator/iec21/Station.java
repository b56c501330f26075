package org.telar.simulator.iec21;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.telar.simulator.apdu.RequestListener;
import org.telar.simulator.fleet.Fleet;
import org.telar.simulator.fleet.Medium;
import org.telar.simulator.fleet.Meter;
import org.telar.simulator.fleet.MeterModel;

/**
 * One radio link behind which all IEC 62056-21 meters listen; the one whose address is called answers (mode C: §6.3,
 * §6.4.3, §6.5). Served by one thread at a time.
 */
public final class Station {
    /** Where answers go. */
    @FunctionalInterface
    public interface Sink {
        void send(byte[] bytes) throws IOException;
    }

    private enum State {
        IDLE,
        IDENTIFIED,
        PROGRAMMING
    }

    private static final int SOH = 1;
    private static final int STX = 2;
    private static final int ETX = 3;
    private static final int EOT = 4;
    private static final int ACK = 6;
    private static final int NAK = 21;
    private static final int MAX_MESSAGE = 512;
    private static final int BLOCK = 1000;
    private static final Pattern REQUEST = Pattern.compile("/\\?0*([0-9]{0,9})!\r\n");
    private static final Pattern OPTION = Pattern.compile("\u00060[0-9]([01])\r\n");
    private static final Pattern RANGE = Pattern.compile("P\\.0([12])\\((\\d{10,11})?;(\\d{10,11})?\\)");
    private static final Pattern READ = Pattern.compile("([0-9A-Z.]{3,10})\\(\\)");
    private static final Pattern DATE = Pattern.compile("0\\.9\\.2\\([01]?(\\d{6})\\)");
    private static final Pattern TIME = Pattern.compile("0\\.9\\.1\\([01]?(\\d{6})\\)");
    private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("uuuuMMdd");
    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HHmmss");

    private final Fleet fleet;
    private final RequestListener listener;
    private final ByteArrayOutputStream in = new ByteArrayOutputStream();
    private final Deque<String> blocks = new ArrayDeque<>();
    private State state = State.IDLE;
    private Optional<Meter> meter = Optional.empty();
    private boolean unlocked;
    private byte[] last = {};

    public Station(Fleet fleet, RequestListener listener) {
        this.fleet = fleet;
        this.listener = listener;
    }

    /** Takes what came in and answers whole messages. */
    public void received(byte[] bytes, int length, Sink sink) throws IOException {
        for (int i = 0; i < length; i++) {
            take(bytes[i] & 0x7F, sink);
        }
    }

    private void take(int c, Sink sink) throws IOException {
        boolean checkExpected = in.size() > 1 && startsWith(SOH) && lastByte() == ETX;
        if (in.size() == 0 || !checkExpected && (c == SOH || c == '/' && !startsWith(SOH))) {
            in.reset();
            if (single(c, sink)) {
                return;
            }
        }
        if (in.size() == 0 && c != SOH && c != '/' && c != ACK) {
            return;
        }
        in.write(c);
        boolean line = !startsWith(SOH) && c == '\n';
        if (line || checkExpected || in.size() >= MAX_MESSAGE) {
            byte[] message = in.toByteArray();
            in.reset();
            message(message, sink);
        }
    }

    /** Single characters: only within a session, where no option select is awaited. */
    private boolean single(int c, Sink sink) throws IOException {
        if (state != State.PROGRAMMING || c != ACK && c != NAK || silent()) {
            return false;
        }
        if (c == NAK) {
            sink.send(last);
        } else if (!blocks.isEmpty()) {
            listener.answered(meter.get());
            block(sink);
        }
        return true;
    }

    private boolean startsWith(int c) {
        return in.size() > 0 && in.toByteArray()[0] == c;
    }

    private int lastByte() {
        return in.toByteArray()[in.size() - 1];
    }

    private boolean silent() {
        return meter.isEmpty() || meter.get().mute();
    }

    private void message(byte[] message, Sink sink) throws IOException {
        String text = new String(message, StandardCharsets.US_ASCII);
        Matcher request = REQUEST.matcher(text);
        Matcher option = OPTION.matcher(text);
        if (request.matches() && state != State.PROGRAMMING) {
            identify(request.group(1), sink);
        } else if (option.matches() && state == State.IDENTIFIED && !silent()) {
            select(option.group(1), sink);
        } else if (message[0] == SOH && state == State.PROGRAMMING && !silent()) {
            if (check(message, message.length - 1) == message[message.length - 1]) {
                synchronized (meter.get()) {
                    command(text.substring(1, text.length() - 2), sink);
                }
            } else {
                send(sink, new byte[] {NAK});
            }
        }
    }

    private void identify(String address, Sink sink) throws IOException {
        meter = address.isEmpty() ? Optional.empty() : fleet.at(Medium.IEC21, 0, Integer.parseInt(address));
        state = State.IDLE;
        if (!silent()) {
            MeterModel model = meter.get().spec().model();
            state = State.IDENTIFIED;
            sink.send(ascii("/" + model.flag() + "5" + model.product() + "\r\n"));
        }
    }

    private void select(String mode, Sink sink) throws IOException {
        blocks.clear();
        if (mode.equals("0")) {
            state = State.IDLE;
            listener.answered(meter.get());
            send(sink, framed((char) STX + new Contents(meter.get()).readout() + (char) ETX));
            return;
        }
        state = State.PROGRAMMING;
        unlocked = false;
        send(
                sink,
                framed((char) SOH + "P0" + (char) STX + "(" + meter.get().spec().serial() + ")" + (char) ETX));
    }

    private void command(String command, Sink sink) throws IOException {
        blocks.clear();
        int stx = command.indexOf(STX);
        String code = stx < 0 ? command : command.substring(0, stx);
        String data = stx < 0 ? "" : command.substring(stx + 1);
        switch (code) {
            case "B0" -> state = State.IDLE;
            case "P1" -> password(data, sink);
            case "R5", "R6" -> read(code.equals("R6"), data, sink);
            case "W5" -> write(data, sink);
            default -> error(sink, "(ER01)");
        }
    }

    private void password(String data, Sink sink) throws IOException {
        String expected = new String(meter.get().spec().credentials().password(), StandardCharsets.US_ASCII);
        unlocked = data.equals("(" + expected + ")");
        if (unlocked) {
            listener.associated(meter.get());
            send(sink, new byte[] {ACK});
        } else if (meter.get().spec().model() == MeterModel.E) {
            error(sink, "(ER04)");
        } else {
            state = State.IDLE;
            send(sink, framed((char) SOH + "B0" + (char) ETX));
        }
    }

    private void read(boolean partial, String data, Sink sink) throws IOException {
        Contents contents = new Contents(meter.get());
        Matcher range = RANGE.matcher(data);
        Matcher one = READ.matcher(data);
        listener.answered(meter.get());
        if (!unlocked) {
            error(sink, "(ER05)");
        } else if (range.matches()) {
            profile(partial, contents, range, sink);
        } else if (!partial && one.matches()) {
            Optional<String> value = contents.object(one.group(1));
            if (value.isPresent()) {
                send(sink, framed((char) STX + one.group(1) + value.get() + (char) ETX));
            } else {
                error(sink, "(ER06)");
            }
        } else {
            error(sink, "(ER01)");
        }
    }

    private void profile(boolean partial, Contents contents, Matcher range, Sink sink) throws IOException {
        if (partial && meter.get().spec().model() == MeterModel.F) {
            error(sink, "(ER01)");
            return;
        }
        String text;
        try {
            Instant from =
                    range.group(2) == null ? Instant.EPOCH : contents.stamps().parse(range.group(2));
            Instant to = range.group(3) == null
                    ? meter.get().now()
                    : contents.stamps().parse(range.group(3));
            text = range.group(1).equals("1") ? contents.loadProfile(from, to) : contents.dailyProfile(from, to);
        } catch (DateTimeException | IllegalArgumentException e) {
            error(sink, "(ER03)");
            return;
        }
        int size = partial ? BLOCK : text.length();
        for (int at = 0; at < text.length(); at += size) {
            blocks.add(text.substring(at, Math.min(at + size, text.length())));
        }
        block(sink);
    }

    private void block(Sink sink) throws IOException {
        String text = blocks.remove();
        send(sink, framed((char) STX + text + (char) (blocks.isEmpty() ? ETX : EOT)));
    }

    private void write(String data, Sink sink) throws IOException {
        if (!unlocked) {
            error(sink, "(ER05)");
            return;
        }
        Stamps stamps = new Contents(meter.get()).stamps();
        Instant now = meter.get().now();
        Matcher date = DATE.matcher(data);
        Matcher time = TIME.matcher(data);
        try {
            if (date.matches()) {
                LocalDate day = LocalDate.parse("20" + date.group(1), DAY);
                meter.get().setClock(stamps.shown(day.atTime(stamps.local(now).toLocalTime())));
            } else if (time.matches()) {
                LocalTime clock = LocalTime.parse(time.group(1), CLOCK);
                meter.get()
                        .setClock(stamps.shown(stamps.local(now).toLocalDate().atTime(clock)));
            } else {
                error(sink, "(ER01)");
                return;
            }
        } catch (DateTimeException e) {
            error(sink, "(ER03)");
            return;
        }
        send(sink, new byte[] {ACK});
    }

    private void error(Sink sink, String text) throws IOException {
        send(sink, framed((char) STX + text + (char) ETX));
    }

    private void send(Sink sink, byte[] message) throws IOException {
        last = message;
        sink.send(message);
    }

    /** Appends the block check: exclusive or of all but the first character (§5.5.2). */
    private static byte[] framed(String message) {
        byte[] bytes = ascii(message + '\0');
        bytes[bytes.length - 1] = check(bytes, bytes.length - 1);
        return bytes;
    }

    private static byte check(byte[] bytes, int end) {
        int sum = 0;
        for (int i = 1; i < end; i++) {
            sum ^= bytes[i];
        }
        return (byte) (sum & 0x7F);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
