package org.telar.agent;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.JarFile;
import java.util.stream.Stream;

import aQute.bnd.build.model.EE;
import aQute.bnd.header.Parameters;
import aQute.bnd.osgi.resource.ResourceBuilder;
import biz.aQute.resolve.AbstractResolveContext;
import biz.aQute.resolve.BndResolver;
import biz.aQute.resolve.ResolverLogger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Constants;
import org.osgi.resource.Requirement;
import org.osgi.resource.Resource;
import org.osgi.service.resolver.ResolutionException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * The gate before a package leaves: every requirement of every bundle, services included, is met within the agent on
 * Felix and Java 17. A platform reports an unresolvable package as installed, so nobody else would tell.
 */
class ResolveTest {
    private static final List<String> CONTRACT =
            List.of("org.telar.api", "org.telar.contract", "org.telar.acquisition");

    @Test
    @DisplayName("Architecture: all bundles resolve against Felix 7.0.5, packages and services, with nothing left over")
    void everythingResolves() throws Exception {
        List<Resource> bundles = bundles();
        assertThat(bundles).hasSizeGreaterThan(12);
        assertThat(resolve(bundles).keySet())
                .extracting(AbstractResolveContext::getResourceIdentity)
                .containsAll(bundles.stream()
                        .map(AbstractResolveContext::getResourceIdentity)
                        .toList());
    }

    @Test
    @DisplayName("Architecture: the gate notices a missing package and a missing service")
    void gateNotices() throws Exception {
        for (String missing : List.of("org.telar.contract", "org.telar.store.sqlite")) {
            List<Resource> bundles = new ArrayList<>(bundles());
            assertThat(bundles.removeIf(
                            b -> AbstractResolveContext.getResourceIdentity(b).equals(missing)))
                    .isTrue();
            assertThatThrownBy(() -> resolve(bundles)).as(missing).isInstanceOf(ResolutionException.class);
        }
    }

    @Test
    @DisplayName("Architecture: only api, contract and acquisition export packages, and nobody exports an internal one")
    void exports() throws IOException {
        for (File jar : jars()) {
            Parameters exports = new Parameters(header(jar, Constants.EXPORT_PACKAGE));
            String name = header(jar, Constants.BUNDLE_SYMBOLICNAME);
            if (name.startsWith("org.telar.") && !CONTRACT.contains(name)) {
                assertThat(exports.keySet()).as(name).isEmpty();
            }
            assertThat(exports.keySet()).as(name).noneMatch(p -> p.contains(".internal"));
        }
    }

    @Test
    @DisplayName("Runtime: no bundle ships Kura's classes, slf4j, or the signature files of what it embeds")
    void nothingForeign() throws IOException {
        for (File jar : jars()) {
            try (JarFile file = new JarFile(jar)) {
                assertThat(file.stream().map(e -> e.getName()))
                        .as(jar.getName())
                        .noneMatch(n -> n.startsWith("org/eclipse/kura/") || n.startsWith("org/slf4j/"))
                        .noneMatch(n -> n.matches("META-INF/[^/]+\\.(SF|RSA|DSA)"));
            }
        }
    }

    private static Map<Resource, ?> resolve(List<Resource> bundles) throws Exception {
        ResourceBuilder system = new ResourceBuilder();
        system.addEE(EE.JavaSE_17);
        try (JarFile felix = new JarFile(felix().toFile())) {
            system.addManifest(felix.getManifest());
        }
        system.addExportPackages(new Parameters(Assembly.SLF4J));
        try (ResolverLogger logger = new ResolverLogger(0)) {
            AbstractResolveContext context = new AbstractResolveContext(logger) {};
            context.setSystemResource(system.build());
            context.addRepository(AbstractResolveContext.createRepository(bundles));
            context.addEffectiveDirective("active");
            context.setInputRequirements(bundles.stream()
                    .map(b -> AbstractResolveContext.createIdentityRequirement(
                            AbstractResolveContext.getResourceIdentity(b), null))
                    .toArray(Requirement[]::new));
            return new BndResolver(logger).resolve(context);
        }
    }

    private static List<Resource> bundles() throws Exception {
        List<Resource> resources = new ArrayList<>();
        for (File jar : jars()) {
            ResourceBuilder builder = new ResourceBuilder();
            builder.addFile(jar, jar.toURI());
            resources.add(builder.build());
        }
        return resources;
    }

    private static List<File> jars() throws IOException {
        try (Stream<Path> files = Files.list(TestAgent.home().resolve("bundles"))) {
            return files.map(Path::toFile).sorted().toList();
        }
    }

    private static Path felix() throws IOException {
        try (Stream<Path> files = Files.list(TestAgent.home().resolve("lib"))) {
            return files.filter(f -> f.getFileName().toString().startsWith("org.apache.felix.framework"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static String header(File jar, String name) throws IOException {
        try (JarFile file = new JarFile(jar)) {
            String value = file.getManifest().getMainAttributes().getValue(name);
            return value == null ? "" : value;
        }
    }
}
