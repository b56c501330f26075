package org.telar.simulator.energy;

/**
 * Builds one day of one household. Day totals come from a closed form (no sums over history), and are then spread over
 * the quarters by noisy weights with cumulative rounding, so that registers are exact at any instant at constant cost.
 */
final class DayBuilder {
    private static final double YEAR = 365.25;
    private static final int NIGHT_END = 28;
    private static final int PEAK_START = 72;
    private static final int PEAK_END = 92;

    private final Household home;
    private final int unitsPerWh;
    private final double[] means = new double[DayEnergy.SERIES];

    DayBuilder(Household home, int unitsPerWh) {
        this.home = home;
        this.unitsPerWh = unitsPerWh;
        for (int series = 0; series < means.length; series++) {
            means[series] = meanPerDay(series);
        }
    }

    /** Tariff of a quarter of the local day: 0 night, 1 day, 2 peak, 3 late evening. */
    static int tariffOf(int quarter) {
        if (quarter < NIGHT_END) {
            return 0;
        }
        if (quarter < PEAK_START) {
            return 1;
        }
        return quarter < PEAK_END ? 2 : 3;
    }

    /**
     * Builds a day.
     *
     * @param day days since the simulator's epoch, may be negative
     * @param shift quarters by which local time is ahead of UTC on that day
     */
    DayEnergy build(long day, int shift) {
        double[][] weights = weights(day, shift);
        long[] start = new long[DayEnergy.SERIES];
        int[][] grown = new int[DayEnergy.SERIES][];
        for (int series = 0; series < DayEnergy.SERIES; series++) {
            start[series] = midnight(series, day);
            grown[series] = spread(midnight(series, day + 1) - start[series], weights[series]);
        }
        return new DayEnergy(start, grown);
    }

    /** Register reading at midnight: mean use times days, bent by season and by a bounded daily noise. */
    private long midnight(int series, long day) {
        double mean = means[series];
        double season = series == DayEnergy.TARIFFS && home.solar() ? -0.35 : 0.22;
        double bent = day + season * YEAR / (2 * Math.PI) * Math.sin(2 * Math.PI * (day - 195) / YEAR);
        double own = Mix.unit(home.key(), day, series, 101);
        double common = Mix.unit(home.key(), day, 0, 102);
        double noise = series < DayEnergy.TARIFFS ? 0.16 * own + 0.22 * common : 0.12 * own + 0.3 * common;
        long base = home.initialWh() * unitsPerWh;
        long share = series < DayEnergy.TARIFFS ? base / 4 + series * base / 97 : base / (3 + series);
        return share + (long) Math.floor(mean * (bent + noise));
    }

    private double meanPerDay(int series) {
        double wh =
                switch (series) {
                    case 0, 1, 2, 3 -> tariffMean(series);
                    case 4 -> home.solar() ? home.solarDailyWh() : 2 + 4 * Mix.unit(home.key(), 11, 0, 0);
                    case 5 -> home.dailyWh() * home.tangentPhi();
                    case 6 -> sparse(12) + home.solarDailyWh() * 0.06;
                    case 7 -> sparse(13) + home.solarDailyWh() * 0.09;
                    default -> home.dailyWh() * 0.035 * (0.5 + Mix.unit(home.key(), 14, 0, 0));
                };
        return wh * unitsPerWh;
    }

    private double sparse(int salt) {
        return 3 + 3 * Mix.unit(home.key(), salt, 0, 0);
    }

    private double tariffMean(int tariff) {
        double sum = 0;
        for (int quarter = 0; quarter < DayEnergy.SLOTS; quarter++) {
            if (tariffOf(quarter) == tariff) {
                sum += home.shape()[quarter];
            }
        }
        return sum;
    }

    private double[][] weights(long day, int shift) {
        double[] appliances = appliances(day);
        double[][] weights = new double[DayEnergy.SERIES][DayEnergy.SLOTS];
        double cloud = 0.25 + 0.75 * Mix.unit(home.key(), day, 0, 201);
        for (int slot = 0; slot < DayEnergy.SLOTS; slot++) {
            int quarter = Math.floorMod(slot + shift, DayEnergy.SLOTS);
            double noise = Mix.unit(home.key(), day, slot, 202);
            double fridge = Mix.unit(home.key(), day, slot, 203) < 0.45 ? 0.25 : 0.0;
            double sun = home.solar() ? sun(quarter) * (cloud + (1 - cloud) * noise) : 0;
            double load = home.shape()[quarter] * (0.55 + 0.5 * noise + fridge) + appliances[quarter];
            double phase = Mix.unit(home.key(), day, slot, 204);
            weights[tariffOf(quarter)][slot] = load * (1 - 0.75 * sun);
            weights[4][slot] = home.solar() ? sun * (0.7 + 0.3 * phase) : blip(day, slot, 205);
            weights[5][slot] = (load * (1 - 0.75 * sun)) * (0.8 + 0.4 * phase);
            weights[6][slot] = home.solar() ? sun * (0.8 + 0.2 * noise) : blip(day, slot, 206);
            weights[7][slot] = home.solar() ? sun * (0.7 + 0.3 * cloud * phase) : blip(day, slot, 207);
            weights[8][slot] = (0.4 + phase) / (1 + load / 60);
        }
        return weights;
    }

    /** A household without panels feeds back a watt-hour now and then (phases that do not balance). */
    private double blip(long day, int slot, int salt) {
        double chance = Mix.unit(home.key(), day, slot, salt);
        return chance < 0.035 ? 0.2 + chance * 30 : slot == 50 + salt - 205 ? 0.01 : 0;
    }

    private static double sun(int quarter) {
        double hour = (quarter + 0.5) / 4;
        return hour <= 6.5 || hour >= 19.5 ? 0 : Math.sin(Math.PI * (hour - 6.5) / 13);
    }

    /** Kettles, ovens and washing machines: a few runs a day, Wh per local quarter. */
    private double[] appliances(long day) {
        double[] load = new double[DayEnergy.SLOTS];
        int runs = 2 + (int) (5 * Mix.unit(home.key(), day, 0, 301));
        for (int run = 0; run < runs; run++) {
            double when = Mix.unit(home.key(), day, run, 302);
            int from = (int) (run % 2 == 0 ? 26 + 40 * when : 68 + 24 * when);
            int length = 1 + (int) (4 * Mix.unit(home.key(), day, run, 303));
            double power = home.dailyWh() * (0.008 + 0.025 * Mix.unit(home.key(), day, run, 304));
            for (int i = from; i < Math.min(from + length, DayEnergy.SLOTS); i++) {
                load[i] += power;
            }
        }
        return load;
    }

    private static int[] spread(long total, double[] weights) {
        int[] grown = new int[DayEnergy.SLOTS + 1];
        double sum = 0;
        for (double weight : weights) {
            sum += weight;
        }
        double running = 0;
        for (int slot = 0; slot < DayEnergy.SLOTS; slot++) {
            running += weights[slot];
            grown[slot + 1] = (int) Math.min(total, Math.floor(total * (running / sum) + 1e-9));
        }
        grown[DayEnergy.SLOTS] = (int) total;
        return grown;
    }
}
