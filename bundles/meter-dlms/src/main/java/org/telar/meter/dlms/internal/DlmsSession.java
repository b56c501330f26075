package org.telar.meter.dlms.internal;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.openmuc.jdlms.AccessResultCode;
import org.openmuc.jdlms.AttributeAddress;
import org.openmuc.jdlms.MethodParameter;
import org.openmuc.jdlms.MethodResultCode;
import org.openmuc.jdlms.SetParameter;
import org.openmuc.jdlms.datatypes.DataObject;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.telar.api.meter.Finding;
import org.telar.api.meter.Meter;
import org.telar.api.meter.MeterException;
import org.telar.api.meter.MeterReadout;
import org.telar.api.meter.MeterSession;
import org.telar.api.meter.ReadRequest;
import org.telar.api.model.Ko;
import org.telar.api.model.Obis;
import org.telar.meter.dlms.internal.LinkException.Kind;
import org.telar.meter.dlms.internal.RowDecoder.ShapeChanged;

/**
 * A visit to one meter. Reads are repeated once when the model's shape changed or the link broke, after learning or
 * associating again; writes are never repeated blindly.
 */
final class DlmsSession implements MeterSession {
    private static final Logger LOG = LoggerFactory.getLogger(DlmsSession.class);
    private static final int SHIFT_TIME = 6;
    private static final Duration MAX_SHIFT = Duration.ofSeconds(900);
    private static final int TRIES = 4;

    private final Meter meter;
    private final Associator associator;
    private final ModelNotes notes;
    private final Learning learning;
    private final ShapeChecks checks;
    private final Duration patience;
    private final Clock clock;
    private Association association;
    private int earlierTrips;

    DlmsSession(
            Meter meter,
            Associator associator,
            ModelNotes notes,
            Learning learning,
            ShapeChecks checks,
            Duration patience,
            Clock clock)
            throws MeterException {
        this.meter = meter;
        this.learning = learning;
        this.checks = checks;
        this.patience = patience;
        this.associator = associator;
        this.notes = notes;
        this.clock = clock;
        this.association = associator.associate();
    }

    @Override
    public MeterReadout read(ReadRequest request) throws MeterException {
        int before = roundTrips();
        Map<Obis, ProfileShape> wrong = new LinkedHashMap<>();
        for (int attempt = 1; ; attempt++) {
            try {
                Preparation preparation = new Preparation(meter, association, notes, learning, patience);
                MeterReadout readout = new Visit(meter, association, notes, checks, preparation).read(request);
                associator.answered();
                return counted(readout, roundTrips() - before, wrong);
            } catch (ShapeChanged e) {
                if (attempt == TRIES) {
                    throw new MeterException(Ko.PROTOCOL, meter.id(), e.getMessage(), e);
                }
                e.shape().ifPresent(shape -> {
                    LOG.debug("meter {}: {}", meter.id(), e.getMessage());
                    wrong.putIfAbsent(shape.profile(), shape);
                    checks.changed(meter.id(), shape);
                    notes.forget(shape, checks.isOfOthers(meter.id(), shape));
                });
            } catch (MeterException e) {
                association.layer().settle();
                throw associator.told(e);
            } catch (IOException | RuntimeException e) {
                Exception cause = association.failure() == null ? e : association.failure();
                if (attempt == TRIES || !anotherAssociationHelps(cause)) {
                    association.layer().settle();
                    throw associator.told(cause);
                }
                LOG.debug("meter {}: associating again after: {}", meter.id(), cause.getMessage());
                associateAgain();
            }
        }
    }

    private static boolean anotherAssociationHelps(Exception cause) {
        return Failures.link(cause)
                .filter(e -> e.kind() == Kind.BROKEN || e.kind() == Kind.COUNTER)
                .isPresent();
    }

    private void associateAgain() throws MeterException {
        earlierTrips += association.roundTrips();
        association.close();
        association = associator.associate();
    }

    private int roundTrips() {
        return earlierTrips + association.roundTrips();
    }

    private MeterReadout counted(MeterReadout r, int trips, Map<Obis, ProfileShape> wrong) {
        List<Finding> findings = new ArrayList<>(r.findings());
        wrong.forEach((profile, old) -> notes.shape(profile)
                .filter(now -> !now.equals(old))
                .ifPresent(now -> findings.add(new Finding(
                        Finding.Code.PROFILE_SHAPE_CHANGED,
                        "Profile " + profile + " of meter " + meter.id() + " has another shape than was known: "
                                + old.differenceTo(now) + ". It was learned again."))));
        if (associator.isDuplicate()) {
            findings.add(new Finding(
                    Finding.Code.METER_DUPLICATE,
                    "Two devices answer at " + meter.address() + ", the address of meter " + meter.id()
                            + "; what has its identity was taken."));
        }
        return new MeterReadout(
                r.identity(),
                r.clock(),
                r.readAt(),
                r.profiles(),
                r.registers(),
                r.statusWords(),
                r.events(),
                trips,
                findings);
    }

    @Override
    public void setClock(Instant to) throws MeterException {
        try {
            CosemTime time = timeRule().local(to);
            AttributeAddress attribute = new AttributeAddress(Capture.CLOCK, Ask.code(Obis.CLOCK), 2);
            AccessResultCode code =
                    association.set(new SetParameter(attribute, DataObject.newOctetStringData(time.encoded())));
            if (code != AccessResultCode.SUCCESS) {
                throw Failures.refused(meter.id(), "setting the clock", code);
            }
        } catch (IOException | RuntimeException | ShapeChanged e) {
            throw Failures.told(meter.id(), association.failure() == null ? e : association.failure());
        }
    }

    @Override
    public void shiftClock(Duration by) throws MeterException {
        if (by.abs().compareTo(MAX_SHIFT) > 0) {
            throw new MeterException(
                    Ko.UNSUPPORTED, meter.id(), "a clock is shifted by at most 900 s, asked for " + by.toSeconds());
        }
        try {
            MethodResultCode code = association.action(new MethodParameter(
                    Capture.CLOCK, Ask.code(Obis.CLOCK), SHIFT_TIME, DataObject.newInteger16Data((short)
                            by.toSeconds())));
            if (code != MethodResultCode.SUCCESS) {
                Ko ko = code == MethodResultCode.READ_WRITE_DENIED ? Ko.AUTH_FAILED : Ko.UNSUPPORTED;
                throw new MeterException(ko, meter.id(), "shifting the clock: " + code);
            }
        } catch (IOException | RuntimeException e) {
            throw Failures.told(meter.id(), association.failure() == null ? e : association.failure());
        }
    }

    private TimeRule timeRule() throws IOException, MeterException, ShapeChanged {
        var known = new Deviations(meter, notes).known();
        return known.isPresent() ? known.get() : new Learner(meter, association, notes).learn(List.of(), false);
    }

    @Override
    public void close() {
        association.close();
        LOG.debug("meter {}: left at {}", meter.id(), clock.instant());
    }
}
