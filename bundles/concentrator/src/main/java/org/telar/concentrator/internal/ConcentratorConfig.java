package org.telar.concentrator.internal;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Configuration of the concentrator. Ranges are checked by the component too: not every platform enforces them. */
@ObjectClassDefinition(id = "org.telar.concentrator", name = "Telar concentrator")
@interface ConcentratorConfig {
    @AttributeDefinition(name = "Meter table", description = "Path of meters.csv")
    String meter_table();

    @AttributeDefinition(
            name = "Media",
            description = "One line a medium: name=plc address=tcp://host:port inFlight=4 shared=false ...")
    String[] media();

    @AttributeDefinition(name = "Backfill", description = "Local days before the first start that are read, 0..366")
    int backfill_days() default 45;

    @AttributeDefinition(name = "Retention", description = "Nothing older is read, local days, 1..366")
    int retention_days() default 60;

    @AttributeDefinition(name = "Slots per read", description = "Most profile slots in one read, 1..5000")
    int slots_per_read() default 960;

    @AttributeDefinition(name = "Registers", description = "OBIS codes read on demand")
    String[] registers() default {
        "1.0.1.8.0.255", "1.0.2.8.0.255", "1.0.5.8.0.255", "1.0.6.8.0.255", "1.0.7.8.0.255", "1.0.8.8.0.255"
    };

    @AttributeDefinition(name = "Instantaneous values", description = "OBIS codes of voltages, currents, powers")
    String[] instant_registers() default {
        "1.0.32.7.0.255",
        "1.0.52.7.0.255",
        "1.0.72.7.0.255",
        "1.0.31.7.0.255",
        "1.0.51.7.0.255",
        "1.0.71.7.0.255",
        "1.0.1.7.0.255"
    };

    @AttributeDefinition(name = "Event logs", description = "OBIS codes of the event logs that are read")
    String[] event_logs() default {"0.0.99.98.0.255"};

    @AttributeDefinition(name = "Status words", description = "OBIS codes of status words and alarm registers")
    String[] status_words() default {"0.0.97.97.0.255", "0.0.97.98.0.255"};

    @AttributeDefinition(name = "Longest run", description = "Minutes for a run of the agenda, 1..1440")
    int run_minutes() default 240;

    @AttributeDefinition(name = "Probe", description = "Minutes between probes of an unreached meter, 1..1440")
    int probe_minutes() default 60;

    @AttributeDefinition(name = "Correct clocks", description = "Whether runs correct meter clocks (D2)")
    boolean correct_clocks() default true;

    @AttributeDefinition(name = "Zone", description = "Zone of the agenda until the centre sends one")
    String zone() default "America/Santiago";

    @AttributeDefinition(
            name = "Agenda",
            description = "Until the centre sends one; a line is: name type HH:mm, or name type minutes")
    String[] agenda() default {"n2pload N2PLOAD 00:20"};
}
