package org.telar.platform.linux.internal;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.telar.api.channel.Channel;
import org.telar.api.platform.PlatformHealth.Component;
import org.telar.api.platform.PlatformHealth.State;

import static org.assertj.core.api.Assertions.assertThat;

/** The machine's own parts, each against a fake in a folder or on a port: modem, SIM, WAN, disk, heat, watchdog (R33, R82). */
class ProbesTest {
    @TempDir
    Path root;

    @Test
    @DisplayName("R33 R82: a WAN interface that is missing, down or up, and whether a route leads out of it")
    void wan() throws IOException {
        LinkProbe probe = new LinkProbe(root, List.of("eth0"));
        assertThat(states(probe)).containsEntry("wan:eth0", State.FAULT).containsEntry("wan-route", State.FAULT);
        put("sys/class/net/eth0/operstate", "down\n");
        assertThat(probe.look().get(0).detail()).isEqualTo("the link of eth0 is down");
        put("sys/class/net/eth0/operstate", "up\n");
        put(
                "proc/net/route",
                "Iface\tDestination\tGateway\tFlags\neth0\t0000A8C0\t00000000\t0001\neth1\t00000000\t0100A8C0\t0003\n");
        assertThat(states(probe)).containsEntry("wan:eth0", State.OK).containsEntry("wan-route", State.FAULT);
        put("proc/net/route", "Iface\tDestination\tGateway\tFlags\neth0\t00000000\t0100A8C0\t0003\n");
        assertThat(states(probe)).containsEntry("wan-route", State.OK);
        put("proc/net/route", "");
        put(
                "proc/net/ipv6_route",
                "0".repeat(32) + " 00 " + "0".repeat(32) + " 00 fe80 00000400 00000001 00000000 00000003     eth0\n");
        assertThat(states(probe)).containsEntry("wan-route", State.OK);
        put("sys/class/net/eth0/operstate", "unknown\n");
        put("sys/class/net/eth0/carrier", "0\n");
        assertThat(states(probe)).containsEntry("wan:eth0", State.FAULT);
    }

    @Test
    @DisplayName("R33: modem and SIM as ModemManager prints them; without a SIM it is not the modem that is broken")
    void modemManager() {
        assertThat(states(mmcli(Optional.empty())))
                .containsEntry("modem:lte", State.FAULT)
                .containsEntry("sim:lte", State.UNKNOWN);
        assertThat(mmcli(output("connected", "--", "67")).look())
                .containsExactly(
                        new Component("modem:lte", State.OK, "signal 67 %"), new Component("sim:lte", State.OK, ""));
        assertThat(states(mmcli(output("searching", "--", "0")))).containsEntry("modem:lte", State.FAULT);
        assertThat(mmcli(output("failed", "sim-missing", "0")).look())
                .containsExactly(
                        new Component("modem:lte", State.UNKNOWN, "no usable SIM"),
                        new Component("sim:lte", State.FAULT, "sim-missing"));
        assertThat(states(mmcli(output("locked", "--", "0")))).containsEntry("sim:lte", State.FAULT);
    }

    private static ModemManagerProbe mmcli(Optional<String> output) {
        return new ModemManagerProbe("lte", command -> output);
    }

    private static Optional<String> output(String state, String reason, String signal) {
        return Optional.of("modem.dbus-path                                 : /org/freedesktop/ModemManager1/Modem/0\n"
                + "modem.generic.state                             : " + state + "\n"
                + "modem.generic.state-failed-reason               : " + reason + "\n"
                + "modem.generic.signal-quality.value              : " + signal + "\n"
                + "modem.3gpp.imei                                 : 356938035643809\n");
    }

    @Test
    @DisplayName("R33: modem and SIM by AT commands; no answer, no SIM, a code wanted, not registered, port gone")
    void atCommands() {
        Map<String, String> modem = new HashMap<>(Map.of(
                "ATE0", "\r\nOK\r\n",
                "AT+CPIN?", "\r\n+CPIN: READY\r\n\r\nOK\r\n",
                "AT+CSQ", "\r\n+CSQ: 21,99\r\n\r\nOK\r\n",
                "AT+CEREG?", "\r\n+CEREG: 0,1\r\n\r\nOK\r\n"));
        assertThat(at(modem).look())
                .containsExactly(
                        new Component("modem:lte", State.OK, "signal 21 of 31"),
                        new Component("sim:lte", State.OK, ""));
        modem.put("AT+CEREG?", "\r\n+CEREG: 0,2\r\n\r\nOK\r\n");
        assertThat(states(at(modem))).containsEntry("modem:lte", State.FAULT);
        modem.put("AT+CPIN?", "\r\n+CPIN: SIM PIN\r\n\r\nOK\r\n");
        assertThat(at(modem).look().get(1).detail()).isEqualTo("it wants a code");
        modem.put("AT+CPIN?", "\r\n+CME ERROR: 10\r\n");
        assertThat(states(at(modem))).containsEntry("sim:lte", State.FAULT).containsEntry("modem:lte", State.UNKNOWN);
        assertThat(states(at(Map.of()))).containsEntry("modem:lte", State.FAULT);
        AtProbe gone = new AtProbe(
                "lte",
                () -> {
                    throw new IOException("there is no such port");
                },
                System::nanoTime);
        assertThat(gone.look().get(0).detail()).isEqualTo("its port cannot be used: there is no such port");
    }

    private static AtProbe at(Map<String, String> answers) {
        return new AtProbe("lte", () -> new ScriptedModem(answers), System::nanoTime);
    }

    @Test
    @DisplayName("F8 F9: room on the data disk, and a folder that takes no write")
    void disk() {
        assertThat(new DiskProbe(root).look()).singleElement().satisfies(c -> {
            assertThat(c.component()).isEqualTo("disk");
            assertThat(c.detail()).contains("% ");
        });
        assertThat(states(new DiskProbe(root.resolve("none")))).containsEntry("disk", State.FAULT);
    }

    @Test
    @DisplayName("R33: the hottest sensor counts, and clears five degrees below its limit; no sensor says nothing")
    void temperature() throws IOException {
        TemperatureProbe probe = new TemperatureProbe(root, 90);
        assertThat(probe.look()).isEmpty();
        put("sys/class/thermal/thermal_zone0/temp", "41000\n");
        put("sys/class/thermal/thermal_zone1/temp", "91000\n");
        assertThat(probe.look()).containsExactly(new Component("temperature", State.FAULT, "91 °C, limit 90"));
        put("sys/class/thermal/thermal_zone1/temp", "87000\n");
        assertThat(states(probe)).containsEntry("temperature", State.FAULT);
        put("sys/class/thermal/thermal_zone1/temp", "84000\n");
        assertThat(probe.look()).containsExactly(new Component("temperature", State.OK, "84 °C"));
    }

    @Test
    @DisplayName(
            "R9 of reliability: systemd hears READY once and then WATCHDOG at half its time; the device is fed, and disarmed at a clean stop")
    void watchdog() throws IOException {
        Path device = root.resolve("watchdog");
        Files.createFile(device);
        List<String> told = new ArrayList<>();
        AtomicLong now = new AtomicLong();
        Watchdog watchdog = new Watchdog(
                Optional.of(device),
                Map.of("NOTIFY_SOCKET", "/run/systemd/notify", "WATCHDOG_USEC", "60000000"),
                command -> {
                    told.add(String.join(" ", command));
                    return Optional.of("");
                },
                now::get);
        for (int second = 0; second <= 60; second++) {
            now.set(Duration.ofSeconds(second).toNanos());
            watchdog.alive();
        }
        assertThat(told)
                .containsExactly("systemd-notify READY=1", "systemd-notify WATCHDOG=1", "systemd-notify WATCHDOG=1");
        assertThat(Files.readString(device)).isEqualTo("1".repeat(13));
        watchdog.close();
        assertThat(Files.readString(device)).endsWith("V");
        List<String> silent = new ArrayList<>();
        new Watchdog(
                        Optional.empty(),
                        Map.of(),
                        c -> {
                            silent.addAll(c);
                            return Optional.empty();
                        },
                        now::get)
                .alive();
        assertThat(silent).isEmpty();
    }

    @Test
    @DisplayName("R9 of reliability: a program that hangs is ended, one that is not there is no answer")
    void commands() {
        assertThat(Command.run(List.of("echo", "here"))).contains("here\n");
        assertThat(Command.run(List.of("false"))).isEmpty();
        assertThat(Command.run(List.of("no-such-program-anywhere"))).isEmpty();
    }

    @Test
    @DisplayName("D2 F20: timedatectl, chrony and ntpd are asked in turn, and believed; nobody to ask is not \"no\"")
    void timeSynchronisation() throws IOException {
        Path systemd = root.resolve("systemd");
        assertThat(synchronised(systemd, Map.of())).isEqualTo(TimeSynchronisation.State.UNKNOWN);
        assertThat(synchronised(systemd, Map.of("ntpq", "leap=00\n"))).isEqualTo(TimeSynchronisation.State.YES);
        assertThat(synchronised(systemd, Map.of("ntpq", "leap=11\n"))).isEqualTo(TimeSynchronisation.State.NO);
        String tracking = "Reference ID    : C0A80101 (192.168.1.1)\nStratum         : 3\nLeap status     : ";
        assertThat(synchronised(systemd, Map.of("chronyc", tracking + "Normal\n", "ntpq", "leap=11\n")))
                .isEqualTo(TimeSynchronisation.State.YES);
        assertThat(synchronised(systemd, Map.of("chronyc", tracking + "Not synchronised\n")))
                .isEqualTo(TimeSynchronisation.State.NO);
        Files.createDirectories(systemd);
        assertThat(synchronised(systemd, Map.of("timedatectl", "NTPSynchronized=no\n", "ntpq", "leap=00\n")))
                .isEqualTo(TimeSynchronisation.State.NO);
        assertThat(synchronised(systemd, Map.of("timedatectl", "NTPSynchronized=yes\n")))
                .isEqualTo(TimeSynchronisation.State.YES);
    }

    private static TimeSynchronisation.State synchronised(Path systemd, Map<String, String> programs) {
        return new TimeSynchronisation(
                        systemd, command -> Optional.ofNullable(programs.get(command.get(0))), System::nanoTime)
                .state();
    }

    private static Map<String, State> states(Probe probe) {
        Map<String, State> states = new HashMap<>();
        probe.look().forEach(c -> states.put(c.component(), c.state()));
        return states;
    }

    private void put(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    /** A modem that answers what it knows and is silent else. */
    private static final class ScriptedModem implements Channel {
        private final Map<String, String> answers;
        private String pending = "";

        ScriptedModem(Map<String, String> answers) {
            this.answers = answers;
        }

        @Override
        public void write(byte[] bytes) {
            pending = answers.getOrDefault(new String(bytes, StandardCharsets.US_ASCII).strip(), "");
        }

        @Override
        public int read(byte[] into, Duration timeout) throws IOException {
            if (pending.isEmpty()) {
                throw new SocketTimeoutException("silent");
            }
            byte[] all = pending.getBytes(StandardCharsets.US_ASCII);
            System.arraycopy(all, 0, into, 0, all.length);
            pending = "";
            return all.length;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }
}
