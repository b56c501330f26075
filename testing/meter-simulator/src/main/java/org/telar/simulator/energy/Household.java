package org.telar.simulator.energy;

/**
 * The constant character of one household: how much it uses, when, and whether it has solar panels.
 *
 * @param key hash that seeds everything this household does
 * @param dailyWh mean import per day, Wh
 * @param solarDailyWh mean feed-in per day, Wh; 0 without panels
 * @param tangentPhi ratio of inductive reactive to active energy
 * @param shape expected import per quarter of the local day, Wh (96 values)
 * @param initialWh register reading at the epoch, Wh
 */
record Household(long key, double dailyWh, double solarDailyWh, double tangentPhi, double[] shape, long initialWh) {

    static Household of(long seed, long meter) {
        long key = Mix.hash(seed, meter, 0x48_4F_4D_45, 0);
        double size = Mix.unit(key, 1, 0, 0);
        double daily = 4500 + 9500 * size * Math.sqrt(size);
        double solar = Mix.unit(key, 2, 0, 0) < 0.25 ? daily * (0.35 + 0.9 * Mix.unit(key, 3, 0, 0)) : 0;
        double tangent = 0.22 + 0.3 * Mix.unit(key, 4, 0, 0);
        long initial = 9_000_000L + (long) (60_000_000 * Mix.unit(key, 5, 0, 0));
        return new Household(key, daily, solar, tangent, shape(key, daily), initial);
    }

    boolean solar() {
        return solarDailyWh > 0;
    }

    private static double[] shape(long key, double daily) {
        double morning = 6.6 + 1.8 * Mix.unit(key, 6, 0, 0);
        double evening = 19.2 + 2.4 * Mix.unit(key, 7, 0, 0);
        double noon = 0.15 + 0.5 * Mix.unit(key, 8, 0, 0);
        double base = 0.35 + 0.3 * Mix.unit(key, 9, 0, 0);
        double[] shape = new double[DayEnergy.SLOTS];
        double sum = 0;
        for (int i = 0; i < shape.length; i++) {
            double hour = (i + 0.5) / 4;
            shape[i] = base
                    + 0.9 * bell(hour, morning, 1.1)
                    + noon * bell(hour, 13.4, 1.6)
                    + 1.7 * bell(hour, evening, 2.1);
            sum += shape[i];
        }
        for (int i = 0; i < shape.length; i++) {
            shape[i] *= daily / sum;
        }
        return shape;
    }

    private static double bell(double hour, double centre, double width) {
        double x = (hour - centre) / width;
        return Math.exp(-0.5 * x * x);
    }
}
