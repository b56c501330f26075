package org.telar.collector.api;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.telar.collector.BadInput;
import org.telar.collector.registry.Confirmations;
import org.telar.collector.registry.Gateways;
import org.telar.collector.registry.KeyBook;
import org.telar.collector.registry.MeterLife;
import org.telar.collector.registry.Meters;

/** Lives of meters, their keys (in only), rebind proposals; what concentrators have in force. */
@RestController
@RequestMapping("/api/v1")
class MeterController {
    private static final int MOST_PEM = 64 * 1024;

    private final Meters meters;
    private final MeterLife life;
    private final KeyBook keys;
    private final Gateways gateways;
    private final Confirmations confirmations;

    /** Hexadecimal; nothing is ever told back. */
    record Keys(String password, String encryptionKey, String authenticationKey) {
        @Override
        public String toString() {
            return "Keys[hidden]";
        }
    }

    record Replacement(String by) {}

    record Rebinding(String gateway) {}

    /**
     * What a concentrator should have in force and what it said it has.
     *
     * @param tableVersion of the last table made for it, 0 = none
     * @param tableSent whether the broker has it
     * @param metersWithoutAddress while there are any, no table is sent
     * @param certificateEnds of the certificate its keys are sealed for
     */
    record InForce(
            String gateway,
            long tableVersion,
            boolean tableSent,
            int metersWithoutAddress,
            long agendaVersion,
            Optional<Instant> certificateEnds,
            List<Confirmations.Confirmation> confirmed) {}

    MeterController(Meters meters, MeterLife life, KeyBook keys, Gateways gateways, Confirmations confirmations) {
        this.meters = meters;
        this.life = life;
        this.keys = keys;
        this.gateways = gateways;
        this.confirmations = confirmations;
    }

    @GetMapping("/meters/{number}/life")
    List<MeterLife.Step> life(@PathVariable String number) {
        require(number);
        return life.of(number);
    }

    @PutMapping("/meters/{number}/keys")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void keys(@PathVariable String number, @RequestBody Keys k) {
        require(number);
        keys.put(number, KeyBook.parse(k.password(), k.encryptionKey(), k.authenticationKey()));
    }

    @PostMapping("/meters/{number}/replace")
    Meters.Meter replace(@PathVariable String number, @RequestBody Replacement r, Principal who) {
        require(number);
        if (r.by() == null || !r.by().matches("[A-Za-z0-9._-]{1,32}")) {
            throw new BadInput("METER_NUMBER", r.by());
        }
        life.replace(number, r.by(), who.getName());
        return require(r.by());
    }

    /** Meters that another concentrator reads than the one they are bound to (D20). */
    @GetMapping("/meters/rebinds")
    Page<MeterLife.Rebind> rebinds(
            @RequestParam(defaultValue = "0") int page, @RequestParam(defaultValue = "100") int size) {
        return Page.of(page, size, life.countRebinds(), life::rebinds, r -> r);
    }

    @PostMapping("/meters/{number}/rebind")
    Meters.Meter rebind(@PathVariable String number, @RequestBody Rebinding r, Principal who) {
        require(number);
        life.rebind(number, String.valueOf(r.gateway()), who.getName());
        return require(number);
    }

    /** PEM; keys are sealed for it from now on (D17). */
    @PutMapping(
            path = "/gateways/{id}/certificate",
            consumes = {"application/x-pem-file", "text/plain"})
    InForce certificate(@PathVariable String id, @RequestBody String pem) {
        requireGateway(id);
        if (pem.length() > MOST_PEM) {
            throw new BadInput("CERTIFICATE", id);
        }
        try {
            X509Certificate certificate = (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.UTF_8)));
            gateways.certificate(id, certificate);
        } catch (GeneralSecurityException e) {
            throw new BadInput("CERTIFICATE", id);
        }
        return inForce(id);
    }

    @GetMapping("/gateways/{id}/in-force")
    InForce inForce(@PathVariable String id) {
        requireGateway(id);
        Gateways.Versions v = gateways.versions(id);
        return new InForce(
                id,
                v.table(),
                v.tableSent(),
                v.metersWithoutAddress(),
                v.agenda(),
                v.certificateEnds(),
                confirmations.of(id));
    }

    /** Versions, backlog and the parts' own words of a concentrator, as it last told them. */
    @GetMapping("/gateways/{id}/health")
    Map<String, Object> health(@PathVariable String id) {
        Gateways.Gateway g = requireGateway(id);
        return Map.of(
                "gateway",
                id,
                "online",
                g.online(),
                "version",
                g.version(),
                "epoch",
                g.epoch(),
                "backlog",
                g.backlog(),
                "detail",
                gateways.detail(id));
    }

    private Meters.Meter require(String number) {
        return meters.find(number)
                .orElseThrow(() -> new Problem(HttpStatus.NOT_FOUND, new BadInput("UNKNOWN_METER", number)));
    }

    private Gateways.Gateway requireGateway(String id) {
        return gateways.find(id)
                .orElseThrow(() -> new Problem(HttpStatus.NOT_FOUND, new BadInput("UNKNOWN_GATEWAY", id)));
    }
}
