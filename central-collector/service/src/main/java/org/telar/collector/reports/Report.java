package org.telar.collector.reports;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The reports. Each has a view of its name in the schema {@code report} of its database, and one of its rows. */
public enum Report {
    SUCCESS(1, Base.SMMC, "Daily success at 8, 24 and 72 h", "Éxito diario a 8, 24 y 72 h"),
    MISSING(2, Base.SMMC, "Missing intervals and age of gaps", "Intervalos faltantes y edad de los vacíos"),
    REACHABILITY(3, Base.SMMC, "Reachability and stale runs", "Alcanzabilidad y corridas sin contacto"),
    ORDERS(4, Base.SMMC, "Orders: EXE, WARN, FAIL, times and causes", "Órdenes: EXE, WARN, FAIL, tiempos y causas"),
    PLANS(5, Base.SMMC, "Progress of plans", "Avance de la planificación masiva"),
    FILES(6, Base.LEGACY, "Files of the integrator", "Archivos del integrador"),
    DUPLICATES(7, Base.LEGACY, "Duplicates and conflicts", "Duplicados y conflictos"),
    QUALITY(8, Base.LEGACY, "Quality shares and validation", "Calidad y validación"),
    CLOCKS(9, Base.SMMC, "Clock offsets", "Desfase de relojes"),
    ALARMS(10, Base.SMMC, "Alarms by criticality and age", "Alarmas por criticidad y edad"),
    EXTRACTIONS(11, Base.SMMC, "Local extractions", "Extracciones locales"),
    WAN(12, Base.SMMC, "WAN outages and backlog", "Cortes de WAN y atraso"),
    AUDIT(13, Base.SMMC, "Audit and access", "Auditoría y accesos"),
    STORE(14, Base.SMMC, "Data store: loads and rejects", "Almacén de datos: cargas y rechazos");

    /** Where a report's data is. */
    enum Base {
        SMMC,
        LEGACY
    }

    private final int number;
    private final Base base;
    private final String english;
    private final String spanish;

    Report(int number, Base base, String english, String spanish) {
        this.number = number;
        this.base = base;
        this.english = english;
        this.spanish = spanish;
    }

    public int number() {
        return number;
    }

    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    public String title(Locale locale) {
        return locale.getLanguage().equals("es") ? spanish : english;
    }

    Base base() {
        return base;
    }

    /** @param rows the rows behind the figures, not the figures */
    String view(boolean rows) {
        return "report." + id() + (rows ? "_rows" : "");
    }

    /** By name or number. */
    public static Optional<Report> of(String key) {
        return Arrays.stream(values())
                .filter(r -> r.id().equals(key) || Integer.toString(r.number).equals(key))
                .findFirst();
    }
}
