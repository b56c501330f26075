package org.telar.agent;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Command line of the agent.
 *
 * @param verify whether the installed files are checked first
 * @param stop what to print instead of starting, with its exit code
 */
record Options(Path profile, Path config, Path data, boolean verify, Optional<Stop> stop) {
    static final String HELP = """
            telar-agent: collects the meters of one concentrator and sends their readings to the centre.

            java <flags of the profile> -jar telar-agent.jar --profile DIR --config FILE --data DIR

              --profile DIR   hardware profile: the folder with profile.json
              --config FILE   configuration of this gateway (agent.json)
              --data DIR      where the agent keeps its data; made when absent
              --verify        first check that every installed file is as hashes.sha256 beside the jar says
              --version       print the version and end
              --help          print this and end

            When everything works it prints one line: READY {json}. SIGTERM stops it cleanly.
            Exit codes: 0 stopped, 2 wrong command line, 5 profile or configuration cannot be used,
            6 a component refused to start, 7 another agent uses the data folder, 8 not ready in time,
            9 the installed files are not what was installed.
            """;

    /** A line to print and the code to end with. */
    record Stop(int code, String text) {}

    static Options parse(List<String> args) {
        Path profile = null;
        Path config = null;
        Path data = null;
        boolean verify = false;
        for (int i = 0; i < args.size(); i++) {
            String arg = args.get(i);
            if (arg.equals("--help") || arg.equals("-h")) {
                return stop(0, HELP);
            }
            if (arg.equals("--version")) {
                String version = Options.class.getPackage().getImplementationVersion();
                return stop(0, "telar-agent " + (version == null ? "(development)" : version));
            }
            if (arg.equals("--verify")) {
                verify = true;
                continue;
            }
            if (!List.of("--profile", "--config", "--data").contains(arg)) {
                return stop(2, "unknown option " + arg + "; --help lists the options");
            }
            if (i + 1 == args.size()) {
                return stop(2, arg + " needs a path; --help lists the options");
            }
            Path path = Path.of(args.get(++i)).toAbsolutePath().normalize();
            switch (arg) {
                case "--profile" -> profile = path;
                case "--config" -> config = path;
                default -> data = path;
            }
        }
        if (profile == null || config == null || data == null) {
            return stop(2, "--profile, --config and --data are needed; --help lists the options");
        }
        return new Options(profile, config, data, verify, Optional.empty());
    }

    private static Options stop(int code, String text) {
        Path none = Path.of("");
        return new Options(none, none, none, false, Optional.of(new Stop(code, text)));
    }
}
