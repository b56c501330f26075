package org.telar.benchmarks.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import org.telar.api.store.StoreException;

/**
 * Lets contenders work side by side: in short turns, in an order that rotates, so that whatever else the machine and its
 * disk do meanwhile hits all of them alike.
 */
final class Rotation {
    private static final int TURNS = 10;

    private final Map<String, Contender.Maker> contenders;
    private final Path work;
    private int folders;

    Rotation(Map<String, Contender.Maker> contenders, Path work) {
        this.contenders = new LinkedHashMap<>(contenders);
        this.work = work;
    }

    /**
     * One round more than asked for is run and not counted: classes load and code is compiled in it.
     *
     * @param meterDays how many each contender writes in a round
     * @param perTransaction how many of them are one transaction
     * @return seconds of each contender, the median of the rounds
     */
    Map<String, Double> seconds(int meterDays, int perTransaction, int rounds)
            throws IOException, SQLException, StoreException {
        List<List<Integer>> transactions = new ArrayList<>();
        for (int i = 0; i < meterDays; i += perTransaction) {
            transactions.add(IntStream.range(i, Math.min(meterDays, i + perTransaction))
                    .boxed()
                    .toList());
        }
        Map<String, double[]> measured = new LinkedHashMap<>();
        contenders.keySet().forEach(n -> measured.put(n, new double[rounds]));
        round(transactions);
        for (int i = 0; i < rounds; i++) {
            int round = i;
            round(transactions).forEach((name, seconds) -> measured.get(name)[round] = seconds);
        }
        Map<String, Double> median = new LinkedHashMap<>();
        measured.forEach((name, all) -> {
            Arrays.sort(all);
            median.put(name, all[all.length / 2]);
        });
        return median;
    }

    /** Each contender on an empty folder of its own. */
    private Map<String, Double> round(List<List<Integer>> transactions)
            throws IOException, SQLException, StoreException {
        List<String> names = new ArrayList<>(contenders.keySet());
        Map<String, Contender> open = new LinkedHashMap<>();
        Map<String, Double> seconds = new LinkedHashMap<>();
        try {
            for (String name : names) {
                Path folder = Files.createDirectories(work.resolve("run-" + folders++));
                open.put(name, contenders.get(name).open(folder));
            }
            int each = (transactions.size() + TURNS - 1) / TURNS;
            for (int turn = 0; turn * each < transactions.size(); turn++) {
                List<List<Integer>> some =
                        transactions.subList(turn * each, Math.min(transactions.size(), (turn + 1) * each));
                for (int i = 0; i < names.size(); i++) {
                    String name = names.get((i + turn + folders) % names.size());
                    seconds.merge(name, time(open.get(name), some), Double::sum);
                }
            }
        } finally {
            for (Contender contender : open.values()) {
                contender.close();
            }
        }
        return seconds;
    }

    private static double time(Contender contender, List<List<Integer>> transactions)
            throws SQLException, StoreException {
        long begin = System.nanoTime();
        for (List<Integer> transaction : transactions) {
            contender.write(transaction);
        }
        return (System.nanoTime() - begin) / 1e9;
    }
}
