package org.telar.meter.iec21.internal;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.telar.api.meter.Airtime;
import org.telar.api.meter.Meter;
import org.telar.api.meter.MeterException;
import org.telar.api.model.Ko;

/**
 * The reading side of mode C (IEC 62056-21 §6.4.3 and §6.5): sign-on, option select, password, commands, partial
 * blocks, break. What arrives broken is asked for again with NAK; what does not arrive is asked again as a whole, for
 * the protocol numbers no blocks and a block that may have been lost cannot be told from one that was repeated. Used by
 * one thread.
 */
final class Dialogue {
    /** Most bytes of one answer, all blocks together. */
    static final int MAX_ANSWER = 4 * 1024 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(Dialogue.class);
    private static final int SIGN_ONS = 3;
    private static final int REPEATS = 3;
    private static final int MAX_BLOCKS = 8192;
    private static final int MAX_ECHOES = 4;
    private static final char READOUT = '0';
    private static final char PROGRAMMING = '1';
    private static final byte[] ACK = {Control.ACK};
    private static final byte[] NAK = {Control.NAK};
    private static final byte[] BREAK = Control.command("B0");
    private static final Duration AT_ONCE = Duration.ofMillis(1);
    private static final Duration QUIET = Duration.ofMillis(20);

    private final Meter meter;
    private final Parameters parameters;
    private final Line line;
    private final Airtime airtime;
    private final Optional<String> password;
    private boolean signedOn;
    private int roundTrips;

    /** @param password sent with P1 after every sign-on to the programming mode; empty when the meter asks for none */
    Dialogue(Meter meter, Parameters parameters, Line line, Airtime airtime, Optional<String> password) {
        this.meter = meter;
        this.parameters = parameters;
        this.line = line;
        this.airtime = airtime;
        this.password = password;
    }

    /** Requests sent that wanted an answer, sign-on apart (D14). */
    int roundTrips() {
        return roundTrips;
    }

    /** Signs on and enters the programming mode, with the password if the meter table says so. Harmless when done. */
    void enterProgramming() throws MeterException {
        if (signedOn) {
            return;
        }
        int before = roundTrips;
        Reply reply = signOn(PROGRAMMING);
        if (!(reply instanceof Reply.Command command && command.code().equals("P0"))) {
            throw failed(reply, "to the option select for programming mode");
        }
        if (password.isPresent()) {
            logIn(password.get());
        }
        signedOn = true;
        roundTrips = before;
    }

    /** The whole data readout (option 0). Leaves the programming mode. */
    String readout() throws MeterException {
        leave();
        int before = roundTrips;
        Reply reply = signOn(READOUT);
        roundTrips = before + 1;
        if (reply instanceof Reply.Data data) {
            return data.text();
        }
        throw failed(reply, "to the option select for data readout");
    }

    /** Reads one object with R5. Empty when the meter answers that it does not hold it. */
    Optional<String> read(String address) throws MeterException {
        return answer("R5", address, "()").map(Reply.Data::text);
    }

    /**
     * Reads a range of a profile.
     *
     * @param partial with R6, block by block; each block is an exchange of its own, where others may get in between
     * @return the whole answer; empty when the meter refuses the command
     */
    Optional<String> readProfile(String address, String range, boolean partial) throws MeterException {
        for (int attempt = 0; attempt <= REPEATS; attempt++) {
            Optional<Reply.Data> first = answer(partial ? "R6" : "R5", address, range);
            if (first.isEmpty()) {
                return Optional.empty();
            }
            Optional<String> whole = remainingBlocks(first.get());
            if (whole.isPresent()) {
                return whole;
            }
            LOG.debug("meter {}: a block of {} was lost, asking again for the whole range", meter.id(), address);
            leave();
        }
        throw new MeterException(Ko.METER_SILENT, meter.id(), "every attempt to read " + address + " lost a block");
    }

    /**
     * Writes with W5. Not repeated when the answer is lost: the caller reads the state back.
     *
     * @return empty when it was taken, else the meter's error message
     */
    Optional<String> write(String address, String value) throws MeterException {
        enterProgramming();
        Reply reply = ask(Control.command("W5", address + "(" + value + ")"), false);
        if (reply instanceof Reply.Ack) {
            return Optional.empty();
        }
        if (reply instanceof Reply.Data data && isError(data.text())) {
            return Optional.of(data.text());
        }
        throw failed(reply, "to writing " + address);
    }

    /** Sends the break; there is no answer to it. Never throws: the meter's own timeout ends the session otherwise. */
    void leave() {
        if (!signedOn) {
            return;
        }
        signedOn = false;
        try (Airtime.Slot slot = airtime.acquire()) {
            line.send(BREAK);
        } catch (IOException e) {
            LOG.debug("meter {}: no break sent: {}", meter.id(), e.toString());
        }
    }

    private Reply signOn(char mode) throws MeterException {
        Reply reply = new Reply.Silence();
        Reply worst = reply;
        for (int attempt = 0; attempt < SIGN_ONS; attempt++) {
            if (attempt > 0) {
                // It may still be in a session that somebody else left open.
                exchangeNothing(BREAK);
            }
            reply = exchange(Control.request(parameters.address()), AT_ONCE);
            if (reply instanceof Reply.Identification id) {
                reply = ask(Control.optionSelect(speed(id.text()), mode), false);
                if (reply instanceof Reply.Command || reply instanceof Reply.Data) {
                    return reply;
                }
            }
            worst = reply instanceof Reply.Silence ? worst : reply;
        }
        throw failed(worst, "to the sign-on with address '" + parameters.address() + "'");
    }

    /** Speed character of an identification {@code XXXZ...}; only 0 to 9 is mode C (§6.3.2, item 13). */
    private char speed(String identification) throws MeterException {
        if (identification.length() < 4) {
            throw new MeterException(Ko.PROTOCOL, meter.id(), "identification is too short: /" + identification);
        }
        char speed = identification.charAt(3);
        if (speed < '0' || speed > '9') {
            throw new MeterException(
                    Ko.UNSUPPORTED,
                    meter.id(),
                    "the meter speaks mode A or B, mode C was expected: /" + identification);
        }
        return parameters.announcedSpeed() ? speed : '0';
    }

    /** A password is sent once more only when the meter says that it did not understand: guesses lock meters. */
    private void logIn(String secret) throws MeterException {
        Reply reply = ask(Control.command("P1", "(" + secret + ")"), false);
        if (reply instanceof Reply.Ack) {
            return;
        }
        boolean refused = reply instanceof Reply.Command
                || reply instanceof Reply.Nak
                || reply instanceof Reply.Data data && isError(data.text());
        if (refused) {
            throw new MeterException(Ko.AUTH_FAILED, meter.id(), "the meter refused the password");
        }
        throw failed(reply, "to the password");
    }

    private Optional<Reply.Data> answer(String command, String address, String arguments) throws MeterException {
        Reply reply = new Reply.Silence();
        for (int attempt = 0; attempt <= REPEATS; attempt++) {
            enterProgramming();
            reply = ask(Control.command(command, address + arguments), true);
            if (reply instanceof Reply.Data data) {
                if (isError(data.text())) {
                    LOG.debug("meter {}: {} {} refused: {}", meter.id(), command, address, data.text());
                    return Optional.empty();
                }
                if (answers(data.text(), address)) {
                    return Optional.of(data);
                }
                // The late answer to an earlier question.
                reply = new Reply.Corrupt("an answer to something else");
            } else if (reply instanceof Reply.Command command0
                    && command0.code().equals("B0")) {
                signedOn = false;
            } else {
                break;
            }
        }
        throw failed(reply, "to " + command + " " + address);
    }

    /** Acknowledges block after block. Empty when one was lost. */
    private Optional<String> remainingBlocks(Reply.Data first) throws MeterException {
        StringBuilder text = new StringBuilder(first.text());
        Reply.Data block = first;
        for (int n = 1; block.more(); n++) {
            if (n > MAX_BLOCKS || text.length() > MAX_ANSWER) {
                leave();
                throw new MeterException(
                        Ko.PROTOCOL,
                        meter.id(),
                        "an answer without end: " + n + " blocks, " + text.length() + " characters, given up");
            }
            Reply reply = exchange(ACK, AT_ONCE);
            for (int i = 0; i < REPEATS && reply instanceof Reply.Corrupt; i++) {
                reply = exchange(NAK, QUIET);
            }
            if (!(reply instanceof Reply.Data data)) {
                return Optional.empty();
            }
            block = data;
            text.append(block.text());
        }
        return Optional.of(text.toString());
    }

    /** One question and its answer, repeated as §6.3.6 allows. */
    private Reply ask(byte[] message, boolean repeatable) throws MeterException {
        Reply reply = exchange(message, AT_ONCE);
        boolean silentBefore = !repeatable;
        for (int i = 0; i < REPEATS; i++) {
            if (reply instanceof Reply.Corrupt) {
                reply = exchange(NAK, QUIET);
            } else if (reply instanceof Reply.Nak || reply instanceof Reply.Silence && !silentBefore) {
                silentBefore |= reply instanceof Reply.Silence;
                reply = exchange(message, QUIET);
            } else {
                break;
            }
        }
        return reply;
    }

    private Reply exchange(byte[] message, Duration quiet) throws MeterException {
        try (Airtime.Slot slot = acquire()) {
            line.drain(quiet);
            line.send(message);
            roundTrips++;
            for (int i = 0; i < MAX_ECHOES; i++) {
                Reply reply = line.receive();
                if (!isEcho(reply, message)) {
                    return reply;
                }
            }
            return new Reply.Corrupt("nothing but echoes");
        } catch (IOException e) {
            signedOn = false;
            throw new MeterException(Ko.METER_UNREACHABLE, meter.id(), "the link failed: " + e.getMessage(), e);
        }
    }

    private void exchangeNothing(byte[] message) throws MeterException {
        try (Airtime.Slot slot = acquire()) {
            line.send(message);
            line.drain(QUIET);
        } catch (IOException e) {
            throw new MeterException(Ko.METER_UNREACHABLE, meter.id(), "the link failed: " + e.getMessage(), e);
        }
    }

    private Airtime.Slot acquire() throws MeterException {
        try {
            return airtime.acquire();
        } catch (InterruptedIOException e) {
            throw new MeterException(Ko.DEADLINE, meter.id(), "no airtime: " + e.getMessage(), e);
        }
    }

    /** Two-wire lines give our own message back: a command of the reading side, or the option select's ACK. */
    private static boolean isEcho(Reply reply, byte[] sent) {
        if (reply instanceof Reply.Command command) {
            return sent[0] == Control.SOH
                    && new String(sent, StandardCharsets.US_ASCII).startsWith((char) Control.SOH + command.code())
                    && !command.code().equals("B0");
        }
        return reply instanceof Reply.Ack && sent[0] == Control.ACK;
    }

    private static boolean isError(String text) {
        return text.startsWith("(ER");
    }

    /** A value without an address answers whatever was asked; one with an address must be the one asked for. */
    private static boolean answers(String text, String address) {
        int open = text.indexOf('(');
        if (open <= 0) {
            return true;
        }
        String id = text.substring(0, open).strip();
        return id.equals(address)
                || Code.tryParse(id, 0)
                        .flatMap(a -> Code.tryParse(address, 0).map(b -> a.sameQuantity(b)))
                        .orElse(false);
    }

    private MeterException failed(Reply reply, String question) {
        signedOn = false;
        if (reply instanceof Reply.Silence) {
            return new MeterException(Ko.METER_SILENT, meter.id(), "no answer " + question);
        }
        String got;
        if (reply instanceof Reply.Corrupt corrupt) {
            got = corrupt.why();
        } else if (reply instanceof Reply.Data data && isError(data.text())) {
            got = "the error message " + data.text();
        } else if (reply instanceof Reply.Command command) {
            got = "the command " + command.code();
        } else {
            got = "an unexpected " + reply.getClass().getSimpleName();
        }
        return new MeterException(Ko.PROTOCOL, meter.id(), "the answer " + question + " was " + got);
    }
}
