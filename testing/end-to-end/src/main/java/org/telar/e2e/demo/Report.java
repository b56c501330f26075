package org.telar.e2e.demo;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

import org.telar.harness.LedgerJudge.Verdict;
import org.telar.harness.Narrator;
import org.telar.harness.XmlFolders;

/** The end of the story: one JSON object on stdout, or a table and where to look. */
final class Report {
    private Report() {}

    static void write(DemoOptions options, Outcome outcome, Narrator tell, PrintStream out) throws IOException {
        Files.writeString(options.data().resolve("result.json"), outcome.json().toPrettyString() + "\n");
        if (options.json()) {
            out.println(outcome.json());
            out.flush();
        } else {
            table(outcome, tell, out);
            whereToLook(options, tell, out);
        }
    }

    private static void table(Outcome o, Narrator tell, PrintStream out) {
        Outcome.Figures f = o.figures();
        tell.section(
                "What the meters held, and what the Legacy holds", "Lo que tenían los medidores y lo que tiene Legacy");
        out.println();
        row(
                out,
                "",
                tell.words("profile values", "valores de perfil"),
                tell.words("closing values", "valores de cierre"));
        row(
                out,
                tell.words("expected", "esperados"),
                o.profile().expected(),
                o.closings().expected());
        row(
                out,
                tell.words("delivered", "entregados"),
                o.profile().delivered(),
                o.closings().delivered());
        row(
                out,
                tell.words("gaps with a reason", "huecos con motivo"),
                o.profile().gapsWithReason(),
                o.closings().gapsWithReason());
        row(
                out,
                tell.words("lost", "perdidos"),
                o.profile().lost(),
                o.closings().lost());
        row(
                out,
                tell.words("wrong value or quality", "valor o calidad errados"),
                o.profile().wrong(),
                o.closings().wrong());
        row(
                out,
                tell.words("made up", "inventados"),
                o.profile().invented(),
                o.closings().invented());
        row(
                out,
                tell.words("twice in the Legacy", "dos veces en Legacy"),
                o.profile().duplicates(),
                o.closings().duplicates());
        out.printf(
                Locale.ROOT,
                "  %-34s %16d%n",
                tell.words("carried by two files", "en dos archivos"),
                o.carried().duplicates());
        out.println();
        figure(
                out,
                tell.words("MQTT payload per reading", "carga MQTT por lectura"),
                f.wireBytesPerReading(),
                "B (<= 1.2)");
        figure(
                out,
                tell.words("WAN bytes per reading (TLS)", "bytes WAN por lectura (TLS)"),
                f.socketBytesPerReading(),
                "B");
        figure(
                out,
                tell.words("round trips per meter-day", "viajes por medidor y día"),
                f.roundTripsPerMeterDay(),
                "(<= 7)");
        figure(out, tell.words("edge agent, peak memory", "agente, memoria máxima"), f.edgeRssMb(), "MB (<= 128)");
        figure(out, tell.words("all processes, peak (PSS)", "todos los procesos (PSS)"), f.totalPssMb(), "MB (< 2048)");
        figure(out, tell.words("on-demand read", "lectura a pedido"), f.onDemandMs() / 1000.0, "s");
        figure(out, tell.words("the whole story", "la historia completa"), f.seconds(), "s");
        out.println();
        out.println(
                o.flawless()
                        ? tell.words(
                                "  Nothing lost, nothing wrong, nothing twice.",
                                "  Nada perdido, nada errado, nada repetido.")
                        : tell.words("  NOT as it should be:", "  NO está como debe:"));
        examples(out, o.profile());
        examples(out, o.closings());
    }

    private static void whereToLook(DemoOptions options, Narrator tell, PrintStream out) {
        Path data = options.data();
        String again = data.endsWith(Path.of(".telar", "demo")) ? "" : " --data '" + data + "'";
        out.println();
        out.println(tell.words("Where to look", "Dónde mirar"));
        out.println("  XML      " + XmlFolders.root(data));
        out.println("  CSV      " + data.resolve("ledger.csv") + "  " + data.resolve("legacy.csv"));
        out.println("  logs     " + data.resolve("logs"));
        if (options.once()) {
            out.println(tell.words(
                    "  SQL      start the demo without --once; it stays up, and 'telar sql' asks its Legacy database",
                    "  SQL      inicie la demo sin --once; queda en marcha, y 'telar sql' consulta su base Legacy"));
            return;
        }
        out.println("  SQL      ./telar sql" + again + " 'SELECT * FROM lp_sample LIMIT 10'");
        out.println("           ./telar sql" + again + " \"SELECT state, count(*) FROM file_journal GROUP BY state\"");
        out.println("  API      curl --cacert '" + data.resolve("pki/ca.crt") + "' -H \"Authorization: Bearer $(cat '"
                + data.resolve("collector/api-token") + "')\" https://localhost:"
                + options.ports().collectorHttps()
                + "/api/v1/status");
        out.flush();
    }

    private static void row(PrintStream out, String name, Object profile, Object closings) {
        out.printf(Locale.ROOT, "  %-34s %16s %16s%n", name, profile, closings);
    }

    private static void figure(PrintStream out, String name, double value, String unit) {
        String text = value < 0 ? "-" : String.format(Locale.ROOT, "%.2f", value);
        out.printf(Locale.ROOT, "  %-34s %16s %s%n", name, text, unit);
    }

    private static void examples(PrintStream out, Verdict verdict) {
        verdict.examples().forEach(e -> out.println("    " + e));
    }
}
