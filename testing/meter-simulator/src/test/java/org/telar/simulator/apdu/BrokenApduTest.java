package org.telar.simulator.apdu;

import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.telar.simulator.fleet.Fleet;
import org.telar.simulator.fleet.FleetSettings;
import org.telar.simulator.fleet.Medium;
import org.telar.simulator.fleet.Meter;
import org.telar.simulator.fleet.MeterModel;

import static org.assertj.core.api.Assertions.assertThat;

/** Whatever a client sends, a meter answers with an APDU or not at all: nothing is thrown, nothing hangs. */
class BrokenApduTest {
    private static final RequestListener NOBODY = new RequestListener() {
        @Override
        public void answered(Meter meter) {}

        @Override
        public void associated(Meter meter) {}
    };

    private static final List<String> GOOD = List.of(
            "601DA109060760857405080101BE10040E01000000065F1F040000FFFF0400",
            "C001C1000100002A0000FF0200",
            "C003C102000100002A0000FF0200000100006161" + "00FF0200",
            "C001C100070100630100FF02010102040204120008090600000100"
                    + "00FF0F02120000090C07EA0B15FF000F000000B400090C07EA0B" + "16FF0000000000B4000100",
            "C104C10200010000616200FF0200000100002A0000FF0200020600000007090141",
            "C301C1000800000100" + "00FF060110005A",
            "C8230030000000010102030405060708090A0B0C0D0E0F101112131415161718",
            "6200");

    @Test
    @DisplayName("F24: 20,000 mutilated APDUs, seeded, on an open and on a closed association")
    void mutilated() {
        for (MeterModel model : List.of(MeterModel.A, MeterModel.B)) {
            Meter meter = fleet(model).meters().iterator().next();
            for (int client : List.of(1, 2, 16)) {
                Session session = new Session(meter, client, 1024, NOBODY);
                Random random = new Random(client);
                for (int i = 0; i < 20_000 / 6; i++) {
                    byte[] apdu = HexFormat.of().parseHex(GOOD.get(random.nextInt(GOOD.size())));
                    for (int flips = random.nextInt(3); flips >= 0 && apdu.length > 0; flips--) {
                        apdu[random.nextInt(apdu.length)] = (byte) random.nextInt();
                    }
                    apdu = java.util.Arrays.copyOf(
                            apdu, random.nextInt(4) == 0 ? random.nextInt(apdu.length) : apdu.length);
                    session.handle(apdu).ifPresent(answer -> assertThat(answer).hasSizeBetween(3, 1024));
                }
            }
        }
    }

    private static Fleet fleet(MeterModel model) {
        FleetSettings settings = new FleetSettings(
                1,
                1,
                45,
                ZoneId.of("America/Santiago"),
                new EnumMap<>(Map.of(Medium.WRAPPER, 100)),
                new EnumMap<>(Map.of(model, 100)),
                1,
                20_000,
                Path.of("unused"),
                0);
        return Fleet.build(settings, Clock.systemUTC());
    }
}
