package org.telar.simulator.energy;

/** The six channels of the load profile; {@link #group} is value group C of their OBIS codes (IEC 62056-61). */
public enum Channel {
    IMPORT(1, false),
    EXPORT(2, false),
    Q1(5, true),
    Q2(6, true),
    Q3(7, true),
    Q4(8, true);

    private final int group;
    private final boolean reactive;

    Channel(int group, boolean reactive) {
        this.group = group;
        this.reactive = reactive;
    }

    /** Value group C: 1 is A+, 2 is A-, 5 to 8 are the reactive quadrants. */
    public int group() {
        return group;
    }

    /** True for varh, false for Wh. */
    public boolean reactive() {
        return reactive;
    }

    /** OBIS code of the cumulative register ({@code D = 8}) or of the interval increment ({@code D = 29}). */
    public String obis(boolean increments) {
        return "1.0." + group + (increments ? ".29.0.255" : ".8.0.255");
    }
}
