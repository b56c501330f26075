package org.telar.e2e;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Who may depend on whom (architecture, "Who may depend on whom"): a wrong import fails the build. The classes are read
 * from the modules' own output, so a rule sees exactly what is shipped. R13: the core names no protocol.
 */
class ArchitectureTest {
    private static final Path ROOT = root();

    /** Telar packages that each module may use, beside its own. */
    private static final Map<String, List<String>> ALLOWED = Map.ofEntries(
            Map.entry("bundles/api", List.of()),
            Map.entry("bundles/contract", List.of("org.telar.api")),
            Map.entry("bundles/acquisition", List.of("org.telar.api")),
            Map.entry("bundles/meter-dlms", List.of("org.telar.api")),
            Map.entry("bundles/meter-iec62056-21", List.of("org.telar.api")),
            Map.entry("bundles/channel-net", List.of("org.telar.api")),
            Map.entry("bundles/channel-serial", List.of("org.telar.api")),
            Map.entry("bundles/store-sqlite", List.of("org.telar.api")),
            Map.entry("bundles/platform-linux", List.of("org.telar.api")),
            Map.entry("bundles/uplink-mqtt", List.of("org.telar.api", "org.telar.contract")),
            Map.entry(
                    "bundles/local-extraction",
                    List.of("org.telar.api", "org.telar.contract", "org.telar.store.sqlite")),
            Map.entry("bundles/concentrator", List.of("org.telar.api", "org.telar.contract", "org.telar.acquisition")),
            Map.entry("edge-agent", List.of()),
            Map.entry(
                    "central-collector/service",
                    List.of("org.telar.api", "org.telar.contract", "org.telar.acquisition", "org.telar.meter.dlms")),
            Map.entry("central-collector/cli", List.of()),
            Map.entry("testing/meter-simulator", List.of()));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bundles/api",
                "bundles/contract",
                "bundles/acquisition",
                "bundles/meter-dlms",
                "bundles/meter-iec62056-21",
                "bundles/channel-net",
                "bundles/channel-serial",
                "bundles/store-sqlite",
                "bundles/platform-linux",
                "bundles/uplink-mqtt",
                "bundles/concentrator",
                "bundles/local-extraction",
                "edge-agent",
                "central-collector/service",
                "central-collector/cli",
                "testing/meter-simulator"
            })
    @DisplayName("a module uses the Telar packages it may use, and no others")
    void arrowsGoOneWay(String module) {
        JavaClasses own = classesOf(module);
        List<String> wrong = new ArrayList<>();
        for (JavaClass c : own) {
            for (Dependency d : c.getDirectDependenciesFromSelf()) {
                JavaClass target = d.getTargetClass().getBaseComponentType();
                String name = target.getPackageName();
                boolean ours = name.startsWith("org.telar.") && !own.contain(target.getName());
                if (ours && ALLOWED.get(module).stream().noneMatch(a -> within(name, a))) {
                    wrong.add(d.getDescription());
                }
            }
        }
        assertThat(wrong)
                .as("dependencies of %s that the architecture forbids", module)
                .isEmpty();
    }

    @Test
    @DisplayName("api is JDK only")
    void apiIsJdkOnly() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("java..", "org.telar.api..")
                .check(classesOf("bundles/api"));
    }

    @Test
    @DisplayName("protobuf stays inside contract; OSGi types stay in thin components; acquisition is plain Java")
    void librariesStayWhereTheyBelong() {
        for (String module : ALLOWED.keySet()) {
            if (!module.equals("bundles/contract")) {
                noClasses()
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage("com.google.protobuf..")
                        .allowEmptyShould(true)
                        .check(classesOf(module));
            }
        }
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.osgi..")
                .check(classesOf("bundles/acquisition"));
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.osgi..")
                .check(classesOf("central-collector/service"));
    }

    @Test
    @DisplayName(
            "only gatewaylink knows MQTT, only integration knows CIM, only it, the API and the reports the Legacy, and no packages form a cycle")
    void collectorPackagesAreModules() {
        JavaClasses service = classesOf("central-collector/service");
        noClasses()
                .that()
                .resideOutsideOfPackages("org.telar.collector.gatewaylink..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.eclipse.paho..")
                .check(service);
        noClasses()
                .that()
                .resideOutsideOfPackages("org.telar.collector.integration..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.telar.collector.integration.cim..")
                .check(service);
        // The API shows the files and brings them back; the dump writes what the Legacy holds.
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        "org.telar.collector.integration..",
                        "org.telar.collector.api..",
                        "org.telar.collector.reports..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.telar.collector.integration.files..", "org.telar.collector.integration.loader..")
                .check(service);
        slices().matching("org.telar.collector.(*)..").should().beFreeOfCycles().check(service);
    }

    @Test
    @DisplayName("nothing but api, contract and acquisition has packages outside .internal")
    void onlyThreeModulesExport() {
        for (String module : ALLOWED.keySet()) {
            boolean exports = List.of("bundles/api", "bundles/contract", "bundles/acquisition")
                    .contains(module);
            if (module.startsWith("bundles/") && !exports) {
                classes().should().resideInAPackage("..internal..").check(classesOf(module));
            }
        }
    }

    private static boolean within(String name, String allowed) {
        return name.equals(allowed) || name.startsWith(allowed + ".");
    }

    private static JavaClasses classesOf(String module) {
        Path output = ROOT.resolve(module).resolve("target/classes");
        assertThat(output)
                .as("compiled classes of %s (build the whole tree first)", module)
                .isDirectory();
        return new ClassFileImporter().importPath(output);
    }

    private static Path root() {
        Path at = Path.of("").toAbsolutePath();
        while (!Files.exists(at.resolve("bundles/api/pom.xml"))) {
            at = at.getParent();
        }
        return at;
    }
}
