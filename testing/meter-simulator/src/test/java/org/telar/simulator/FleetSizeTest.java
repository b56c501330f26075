package org.telar.simulator;

import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** Issue 3 item 8: 3,000 meters in one process of at most 2 GB, all of them associated and read. */
class FleetSizeTest {
    private static final int METERS = 3000;
    private static final long LIMIT_KB = 2L << 20;
    private static final String LAST_DAY =
            "C001C100070100630100FF020102" + "0204" + "0600001081" + "06000010E0" + "120001" + "120000";

    @TempDir
    Path data;

    @Test
    @DisplayName(
            "R03: 3,000 meters, each associated and asked for its name, closings and a day; peak memory below 2 GB")
    void threeThousand() throws Exception {
        Assumptions.assumeTrue(Files.exists(Path.of("/proc/self/status")), "SKIPPED(no /proc on this machine)");
        int port = Sims.freeBlock();
        Process process = new ProcessBuilder(
                        System.getProperty("java.home") + "/bin/java",
                        "-Xmx512m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        SimulatorMain.class.getName(),
                        "--data",
                        data.toString(),
                        "--meters",
                        "" + METERS,
                        "--port-base",
                        "" + port,
                        "--mix",
                        "wrapper=100",
                        "--models",
                        "B=100",
                        "--exit-with-parent")
                .redirectError(File.createTempFile("simulator", ".err"))
                .start();
        try {
            BufferedReader out = new BufferedReader(new InputStreamReader(process.getInputStream()));
            assertThat(out.readLine()).startsWith("READY {");
            List<String[]> fleet = new ArrayList<>();
            Files.readAllLines(data.resolve("fleet.csv")).stream()
                    .skip(1)
                    .forEach(line -> fleet.add(line.split(",", -1)));
            assertThat(fleet).hasSize(METERS);
            readAll(port + 1, fleet);
            long peak = peakKilobytes(process.pid());
            System.out.println("simulator: " + METERS + " meters associated and read, peak RSS " + peak / 1024 + " MB");
            assertThat(peak).isLessThan(LIMIT_KB);
        } finally {
            process.getOutputStream().close();
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        }
    }

    private static void readAll(int port, List<String[]> fleet) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(20_000);
            socket.setTcpNoDelay(true);
            DataInputStream in = new DataInputStream(socket.getInputStream());
            for (String[] meter : fleet) {
                int id = Integer.parseInt(meter[6]);
                String aarq = Raw.passwordAarq(HexFormat.of().parseHex(meter[11]), 1024);
                assertThat(ask(socket, in, id, aarq)).contains("A203020100");
                String name = HexFormat.of().withUpperCase().formatHex(meter[1].getBytes());
                assertThat(ask(socket, in, id, "C001C1000100002A0000FF0200")).isEqualTo("C401C100090B" + name);
                // One day of 96 rows: the first block of 1024 bytes is enough to have it computed.
                assertThat(ask(socket, in, id, LAST_DAY))
                        .startsWith("C402C10000000001")
                        .hasSize(2048);
            }
        }
    }

    private static String ask(Socket socket, DataInputStream in, int meter, String apdu) throws IOException {
        byte[] bytes = HexFormat.of().parseHex(apdu);
        ByteBuffer frame = ByteBuffer.allocate(8 + bytes.length);
        frame.putShort((short) 1).putShort((short) 2).putShort((short) meter);
        frame.putShort((short) bytes.length).put(bytes);
        socket.getOutputStream().write(frame.array());
        in.readFully(new byte[6]);
        byte[] answer = new byte[in.readUnsignedShort()];
        in.readFully(answer);
        return HexFormat.of().withUpperCase().formatHex(answer);
    }

    private static long peakKilobytes(long pid) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
            if (line.startsWith("VmHWM:")) {
                return Long.parseLong(line.replaceAll("[^0-9]", ""));
            }
        }
        throw new IOException("no VmHWM");
    }
}
