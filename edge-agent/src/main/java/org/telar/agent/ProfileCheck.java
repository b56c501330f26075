package org.telar.agent;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * {@code telar profile check DIR}: tells every problem of a hardware profile by file, key and expectation. Also runs on a
 * gateway: {@code java -cp telar-agent.jar org.telar.agent.ProfileCheck DIR}.
 */
public final class ProfileCheck {
    private static final int OK = 0;
    private static final int USAGE = 2;
    private static final int PROBLEMS = 3;

    private ProfileCheck() {}

    /** Exit code 0 when all is well, 2 for a wrong command line, 3 with problems. */
    public static void main(String[] args) throws AssemblyException {
        System.exit(run(List.of(args), locale()));
    }

    /** That of the shell: {@code LC_ALL}, {@code LC_MESSAGES} or {@code LANG}. */
    private static Locale locale() {
        for (String name : List.of("LC_ALL", "LC_MESSAGES", "LANG")) {
            String value = System.getenv(name);
            if (value != null && !value.isEmpty()) {
                return value.startsWith("es") ? Locale.forLanguageTag("es") : Locale.ENGLISH;
            }
        }
        return Locale.ENGLISH;
    }

    static int run(List<String> args, Locale locale) throws AssemblyException {
        boolean es = locale.getLanguage().equals("es");
        if (args.isEmpty() || args.stream().anyMatch(a -> a.startsWith("-"))) {
            System.err.println(es ? "uso: telar profile check CARPETA..." : "usage: telar profile check DIR...");
            return USAGE;
        }
        int wrong = 0;
        for (String arg : args) {
            Path folder = Path.of(arg);
            List<Problem> problems = problems(folder, Main.home().resolve("bundles"));
            problems.forEach(p -> System.out.println(p.sentence(locale)));
            wrong += problems.size();
            if (problems.isEmpty()) {
                System.out.println(folder + (es ? ": bien" : ": ok"));
            }
        }
        if (wrong > 0) {
            System.err.println(
                    es
                            ? "Problemas: " + wrong + ". El agente no arranca con este perfil."
                            : "Problems: " + wrong + ". The agent does not start with this profile.");
        }
        return wrong == 0 ? OK : PROBLEMS;
    }

    /** Everything that is wrong with the profile in a folder. */
    static List<Problem> problems(Path folder, Path bundles) {
        Path file = folder.resolve(HardwareProfile.FILE);
        Map<String, Object> root;
        try {
            root = Json.object(file.toString(), ConfigFiles.read(file));
        } catch (ConfigException e) {
            return List.of(new Problem("", "", e.getMessage(), e.spanish()));
        }
        List<Problem> problems = new ArrayList<>(HardwareProfile.check(file.toString(), root));
        problems.addAll(HardwareProfile.named(file.toString(), root, folder));
        if (Files.isDirectory(bundles)) {
            problems.addAll(HardwareProfile.natives(file.toString(), root, bundles));
        }
        return problems;
    }
}
