package org.telar.benchmarks.cim;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import javax.xml.datatype.XMLGregorianCalendar;

import jakarta.xml.bind.annotation.XmlAccessType;
import jakarta.xml.bind.annotation.XmlAccessorType;
import jakarta.xml.bind.annotation.XmlAttribute;
import jakarta.xml.bind.annotation.XmlElement;
import jakarta.xml.bind.annotation.XmlRootElement;
import jakarta.xml.bind.annotation.XmlType;

/** A load profile as JAXB binds it: what a binding compiler makes of the schema, as far as the message needs it. */
final class Bound {
    static final String NS = "http://iec.ch/TC57/2011/MeterReadings#";

    private Bound() {}

    @XmlRootElement(name = "MeterReadings", namespace = NS)
    @XmlAccessorType(XmlAccessType.FIELD)
    static final class Readings {
        @XmlElement(name = "MeterReading", namespace = NS)
        List<Reading> meters = new ArrayList<>();
    }

    @XmlAccessorType(XmlAccessType.FIELD)
    @XmlType(propOrder = {"blocks", "meter"})
    static final class Reading {
        @XmlElement(name = "IntervalBlocks", namespace = NS)
        List<Blocks> blocks = new ArrayList<>();

        @XmlElement(name = "Meter", namespace = NS)
        Meter meter;
    }

    @XmlAccessorType(XmlAccessType.FIELD)
    @XmlType(propOrder = {"readings", "type"})
    static final class Blocks {
        @XmlElement(name = "IntervalReadings", namespace = NS)
        List<Interval> readings = new ArrayList<>();

        @XmlElement(name = "ReadingType", namespace = NS)
        Ref type;
    }

    @XmlAccessorType(XmlAccessType.FIELD)
    @XmlType(propOrder = {"reported", "stamp", "value", "qualities"})
    static final class Interval {
        @XmlElement(name = "reportedDateTime", namespace = NS)
        XMLGregorianCalendar reported;

        @XmlElement(name = "timeStamp", namespace = NS)
        XMLGregorianCalendar stamp;

        @XmlElement(namespace = NS)
        BigDecimal value;

        @XmlElement(name = "ReadingQualities", namespace = NS)
        List<Qualities> qualities = new ArrayList<>();
    }

    @XmlAccessorType(XmlAccessType.FIELD)
    static final class Qualities {
        @XmlElement(name = "ReadingQualityType", namespace = NS)
        Ref type;
    }

    @XmlAccessorType(XmlAccessType.FIELD)
    static final class Ref {
        @XmlAttribute
        String ref;
    }

    @XmlAccessorType(XmlAccessType.FIELD)
    @XmlType(propOrder = {"mrid", "names"})
    static final class Meter {
        @XmlElement(name = "mRID", namespace = NS)
        String mrid;

        @XmlElement(name = "Names", namespace = NS)
        List<Name> names = new ArrayList<>();
    }

    @XmlAccessorType(XmlAccessType.FIELD)
    @XmlType(propOrder = {"name", "type"})
    static final class Name {
        @XmlElement(namespace = NS)
        String name;

        @XmlElement(name = "NameType", namespace = NS)
        Kind type;
    }

    @XmlAccessorType(XmlAccessType.FIELD)
    static final class Kind {
        @XmlElement(namespace = NS)
        String name;
    }
}
