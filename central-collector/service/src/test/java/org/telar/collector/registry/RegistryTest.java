package org.telar.collector.registry;

import java.net.http.HttpRequest;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

import org.bouncycastle.cms.CMSEnvelopedData;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.cms.RecipientInformation;
import org.bouncycastle.cms.jcajce.JceKeyAgreeEnvelopedRecipient;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.telar.api.meter.MeterKeys;
import org.telar.api.model.MeterId;
import org.telar.api.store.OutboxKind;
import org.telar.collector.testing.FakeEdge;
import org.telar.collector.testing.Pki;
import org.telar.collector.testing.Polls;
import org.telar.collector.testing.RunningCollector;
import org.telar.collector.testing.RunningCollector.Answer;
import org.telar.contract.Batch;
import org.telar.contract.Contract;
import org.telar.contract.KeyTable;
import org.telar.contract.Result;
import org.telar.contract.Table;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** The registry: what concentrators get of it, what people see of it, and what nobody sees. */
class RegistryTest {
    private static final String SECRET = "A1B2C3D4E5F60718293A4B5C6D7E8F90";
    private static RunningCollector collector;

    @BeforeAll
    static void start() throws Exception {
        collector = RunningCollector.shared();
    }

    private static Answer imported(String csv) throws Exception {
        return collector.post("/api/v1/meters/import", "text/csv", csv, Map.of());
    }

    private static Table table(FakeEdge edge, long version) {
        await().atMost(Duration.ofSeconds(15))
                .until(() -> edge.tables().stream().anyMatch(t -> t.version() == version));
        return edge.tables().stream()
                .filter(t -> t.version() == version)
                .findFirst()
                .orElseThrow();
    }

    private static Answer put(String path, String type, String body) throws Exception {
        return collector.send(
                collector.request(path).header("Content-Type", type).PUT(HttpRequest.BodyPublishers.ofString(body)));
    }

    @Test
    @DisplayName(
            "the table of a concentrator goes down versioned, with keys only its own certificate opens, and is confirmed; keys are nowhere in clear (R32, R88, D17, S25, S40)")
    void tableAndKeys() throws Exception {
        collector.fleet("gw-rg1");
        assertThat(imported("meter,gateway,model,driver,medium,address,authentication,state\n"
                                + "rg1-a,gw-rg1,TLR-A1,dlms,plc-1,hdlc:1/17,HLS5,COMMISSIONED\n"
                                + "rg1-b,gw-rg1,TLR-A1,dlms,plc-1,hdlc:1/18,LLS,BOUND\n")
                        .body()
                        .path("created")
                        .asInt())
                .isEqualTo(2);
        KeyStore gateway =
                KeyStore.getInstance(collector.pki().keyStore("gw-rg1").toFile(), Pki.PASSWORD.toCharArray());
        X509Certificate certificate = (X509Certificate) gateway.getCertificate("gw-rg1");
        String pem = "-----BEGIN CERTIFICATE-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded())
                + "\n-----END CERTIFICATE-----\n";
        try (FakeEdge edge = new FakeEdge(collector, "gw-rg1")) {
            Table first = table(edge, 1);
            assertThat(first.csv().lines())
                    .containsExactly(
                            "meter,driver,model,identity,medium,address,client_sap,authentication,zone,state,parameters",
                            "rg1-a,dlms,TLR-A1,,plc-1,hdlc:1/17,,HLS5,America/Santiago,COMMISSIONED,",
                            "rg1-b,dlms,TLR-A1,,plc-1,hdlc:1/18,,LLS,America/Santiago,BOUND,");
            assertThat(first.keys()).isEmpty();

            assertThat(put("/api/v1/gateways/gw-rg1/certificate", "text/plain", pem)
                            .status())
                    .isEqualTo(200);
            assertThat(put(
                                    "/api/v1/meters/rg1-a/keys",
                                    "application/json",
                                    "{\"encryptionKey\":\"" + SECRET + "\",\"authenticationKey\":\"" + SECRET + "\"}")
                            .status())
                    .isEqualTo(204);
            await().atMost(Duration.ofSeconds(15))
                    .until(() -> edge.tables().stream().anyMatch(t -> t.keys().length > 0));
            Table sealed = edge.tables().stream()
                    .filter(t -> t.keys().length > 0)
                    .reduce((a, b) -> b)
                    .orElseThrow();
            PrivateKey key = (PrivateKey) gateway.getKey("gw-rg1", Pki.PASSWORD.toCharArray());
            KeyTable opened = Contract.decodeKeys(open(sealed.keys(), key));
            assertThat(opened.gateway()).isEqualTo("gw-rg1");
            assertThat(opened.keys().get(new MeterId("rg1-a")).encryptionKey())
                    .isEqualTo(HexFormat.of().parseHex(SECRET));
            assertThat(opened.keys()).doesNotContainKey(new MeterId("rg1-b"));

            edge.send(
                    OutboxKind.RESULT,
                    1,
                    new Batch.Entry(
                            1,
                            Contract.encode(new Result.Applied(
                                    "table",
                                    sealed.version(),
                                    Result.State.WARN,
                                    1,
                                    List.of("line 3, column address"),
                                    collector.clock().instant()))));
            await().atMost(Duration.ofSeconds(10))
                    .untilAsserted(() ->
                            assertThat(inForce("gw-rg1").path("confirmed")).hasSize(1));
            JsonNode confirmed = inForce("gw-rg1").path("confirmed").get(0);
            assertThat(confirmed.path("version").asLong()).isEqualTo(sealed.version());
            assertThat(confirmed.path("problems").get(0).asString()).contains("line 3");
            assertThat(collector.number(
                            "SELECT count(*) FROM event WHERE code = 'DOWNLOAD_PARTIAL' AND gateway = 'gw-rg1'"))
                    .isEqualTo(1);
            canary(edge);
        }
    }

    private static JsonNode inForce(String gateway) throws Exception {
        return collector.get("/api/v1/gateways/" + gateway + "/in-force").body();
    }

    /** The secret is in no table of the database as text or bytes, and in nothing that went over the broker. */
    private static void canary(FakeEdge edge) {
        byte[] raw = HexFormat.of().parseHex(SECRET);
        assertThat(edge.raw()).noneMatch(m -> HexFormat.of()
                .formatHex(m.getPayload())
                .contains(HexFormat.of().formatHex(raw)));
        for (String table : List.of("meter", "meter_key", "gateway", "event", "audit")) {
            assertThat(collector.number(
                            "SELECT count(*) FROM " + table + " t WHERE t::text ILIKE '%' || ? || '%'", SECRET))
                    .as(table)
                    .isZero();
        }
    }

    private static byte[] open(byte[] envelope, PrivateKey key) throws Exception {
        CMSSignedData signed = new CMSSignedData(envelope);
        CMSEnvelopedData inner =
                new CMSEnvelopedData((byte[]) signed.getSignedContent().getContent());
        RecipientInformation recipient =
                inner.getRecipientInfos().getRecipients().iterator().next();
        return recipient.getContent(new JceKeyAgreeEnvelopedRecipient(key).setProvider(new BouncyCastleProvider()));
    }

    @Test
    @DisplayName(
            "a wrapped key opens for its own meter alone; well-known keys and other lengths are refused (S25, S26)")
    void wrapping() throws Exception {
        KeySafe safe = collector.bean(KeySafe.class);
        byte[] wrapped = safe.wrap("m1", new MeterKeys(new byte[] {1}, new byte[16], new byte[0]));
        assertThat(safe.unwrap("m1", wrapped).password()).containsExactly(1);
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> safe.unwrap("m2", wrapped))
                .isInstanceOf(IllegalStateException.class);
        collector.fleet("gw-rg2", "rg2");
        assertThat(put("/api/v1/meters/rg2/keys", "application/json", "{\"encryptionKey\":\"00112233\"}")
                        .body()
                        .path("code")
                        .asString())
                .isEqualTo("METER_KEYS");
        assertThat(put(
                                "/api/v1/meters/rg2/keys",
                                "application/json",
                                "{\"encryptionKey\":\"000102030405060708090A0B0C0D0E0F\"}")
                        .body()
                        .path("code")
                        .asString())
                .isEqualTo("METER_KEYS_KNOWN");
    }

    @Test
    @DisplayName(
            "REGISTERED, BOUND, COMMISSIONED, SUSPENDED, REMOVED, each step in its life with who; a replacement takes the place (R88, A7)")
    void life() throws Exception {
        collector.fleet("gw-rg3");
        imported("meter,gateway,medium,address,driver,state\nrg3-old,,,,,REGISTERED\n");
        for (String state : List.of("BOUND", "COMMISSIONED", "SUSPENDED", "COMMISSIONED")) {
            assertThat(collector
                            .post(
                                    "/api/v1/meters/rg3-old/state",
                                    "{\"state\":\"" + state + "\",\"gateway\":\"gw-rg3\"}")
                            .status())
                    .isEqualTo(200);
        }
        assertThat(collector
                        .post("/api/v1/meters/rg3-old/replace", "{\"by\":\"rg3-new\"}")
                        .body()
                        .path("state")
                        .asString())
                .isEqualTo("BOUND");
        JsonNode steps = collector.get("/api/v1/meters/rg3-old/life").body();
        assertThat(steps)
                .map(s -> s.path("state").asString())
                .containsExactly("REGISTERED", "BOUND", "COMMISSIONED", "SUSPENDED", "COMMISSIONED", "REMOVED");
        assertThat(steps.get(5).path("by").asString()).isNotEmpty();
        assertThat(collector
                        .get("/api/v1/meters/rg3-new")
                        .body()
                        .path("gateway")
                        .asString())
                .isEqualTo("gw-rg3");
        assertThat(collector
                        .post("/api/v1/meters/rg3-old/replace", "{\"by\":\"rg3-x\"}")
                        .status())
                .isEqualTo(422);
        assertThat(collector
                        .post("/api/v1/meters/rg3-old/state", "{\"state\":\"SUSPENDED\"}")
                        .status())
                .isEqualTo(409);
    }

    @Test
    @DisplayName(
            "a meter that a neighbour's concentrator reads is proposed to be bound there; taken, the proposal is gone (D20)")
    void rebind() throws Exception {
        collector.fleet("gw-rg4", "rg4");
        collector.fleet("gw-rg4n");
        java.time.Instant end = java.time.Instant.parse("2026-06-10T04:15:00Z");
        try (FakeEdge neighbour = new FakeEdge(collector, "gw-rg4n")) {
            neighbour.readings(1, Polls.entry(1, Polls.poll("rg4", "", end, Polls.block(end, 1, i -> i))));
            await().atMost(Duration.ofSeconds(10)).until(() -> neighbour.acknowledged(1) == 1);
        }
        assertThat(collector.get("/api/v1/meters/rebinds?size=1000").body().path("items"))
                .anySatisfy(r -> {
                    assertThat(r.path("meter").asString()).isEqualTo("rg4");
                    assertThat(r.path("readBy").asString()).isEqualTo("gw-rg4n");
                });
        assertThat(collector
                        .post("/api/v1/meters/rg4/rebind", "{\"gateway\":\"nobody\"}")
                        .body()
                        .path("code")
                        .asString())
                .isEqualTo("UNKNOWN_REBIND");
        assertThat(collector
                        .post("/api/v1/meters/rg4/rebind", "{\"gateway\":\"gw-rg4n\"}")
                        .body()
                        .path("gateway")
                        .asString())
                .isEqualTo("gw-rg4n");
        assertThat(collector.get("/api/v1/meters/rebinds?size=1000").body().path("items"))
                .noneMatch(r -> r.path("meter").asString().equals("rg4"));
    }
}
