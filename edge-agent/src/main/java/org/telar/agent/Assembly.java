package org.telar.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Dictionary;
import java.util.HashMap;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.apache.felix.framework.FrameworkFactory;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.launch.Framework;

/** The bundles in a Felix framework, configured. One thread. */
final class Assembly {
    /** slf4j lives on the launcher's class path: as a bundle it would need SPI-Fly. */
    static final String SLF4J =
            "org.slf4j;version=2.0.17,org.slf4j.event;version=2.0.17,org.slf4j.helpers;version=2.0.17,"
                    + "org.slf4j.spi;version=2.0.17";

    private static final Duration STOP = Duration.ofSeconds(9);

    private final Framework framework;

    private Assembly(Framework framework) {
        this.framework = framework;
    }

    /**
     * Installs every jar of a folder by reference, configures the components, and starts the bundles.
     *
     * @param cache Felix's own folder, emptied at every start: nothing of ours lives there
     * @throws AssemblyException when a bundle is missing, does not resolve or does not start
     */
    static Assembly start(Path bundles, Path cache, Map<String, Map<String, Object>> components)
            throws AssemblyException {
        Map<String, String> properties = new HashMap<>();
        properties.put(Constants.FRAMEWORK_STORAGE, cache.toString());
        properties.put(Constants.FRAMEWORK_STORAGE_CLEAN, Constants.FRAMEWORK_STORAGE_CLEAN_ONFIRSTINIT);
        properties.put(Constants.FRAMEWORK_SYSTEMPACKAGES_EXTRA, SLF4J);
        // Protobuf's fast path; without it a slower one is taken.
        properties.put(Constants.FRAMEWORK_BOOTDELEGATION, "sun.misc");
        properties.put("felix.log.level", "1");
        properties.put("felix.shutdown.hook", "false");
        properties.put("ds.loglevel", "warn");
        Framework framework = new FrameworkFactory().newFramework(properties);
        Assembly assembly = new Assembly(framework);
        try {
            framework.init();
            framework.start();
            List<Bundle> installed = assembly.install(bundles);
            assembly.startAll(installed, "org.apache.felix.");
            assembly.configure(components);
            assembly.startAll(installed, "");
            return assembly;
        } catch (BundleException | IOException e) {
            assembly.stop();
            throw new AssemblyException("the bundles of " + bundles + " do not start: " + e.getMessage(), e);
        } catch (AssemblyException e) {
            assembly.stop();
            throw e;
        }
    }

    private List<Bundle> install(Path folder) throws IOException, BundleException, AssemblyException {
        List<Path> jars;
        try (Stream<Path> files = Files.list(folder)) {
            jars = files.filter(f -> f.toString().endsWith(".jar")).sorted().toList();
        }
        if (jars.isEmpty()) {
            throw new AssemblyException("there are no bundles in " + folder, null);
        }
        List<Bundle> installed = new ArrayList<>();
        for (Path jar : jars) {
            installed.add(context().installBundle("reference:" + jar.toUri()));
        }
        return installed;
    }

    private void startAll(List<Bundle> bundles, String prefix) throws BundleException {
        for (Bundle b : bundles) {
            boolean fragment = b.getHeaders().get(Constants.FRAGMENT_HOST) != null;
            if (!fragment && b.getSymbolicName().startsWith(prefix) && b.getState() != Bundle.ACTIVE) {
                b.start();
            }
        }
    }

    private void configure(Map<String, Map<String, Object>> components) throws AssemblyException {
        Object admin = service("org.osgi.service.cm.ConfigurationAdmin");
        for (Map.Entry<String, Map<String, Object>> c : components.entrySet()) {
            Dictionary<String, Object> properties = new Hashtable<>(c.getValue());
            Object configuration = Reflective.call(admin, "getConfiguration", c.getKey(), "?");
            Reflective.call(configuration, "update", properties);
        }
    }

    /** A service of a bundle whose classes the launcher does not share. */
    Object service(String name) throws AssemblyException {
        try {
            // All of them: the launcher's class path may hold another copy of the interface, which is of no concern.
            ServiceReference<?>[] references = context().getAllServiceReferences(name, null);
            if (references != null) {
                return context().getService(references[0]);
            }
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException("there is no filter to be wrong", e);
        }
        throw new AssemblyException("service " + name + " is missing among the bundles", null);
    }

    BundleContext context() {
        return framework.getBundleContext();
    }

    Framework framework() {
        return framework;
    }

    /** Stops all bundles. @return false when they did not stop in time */
    boolean stop() {
        try {
            framework.stop();
            FrameworkEvent event = framework.waitForStop(STOP.toMillis());
            return event.getType() != FrameworkEvent.WAIT_TIMEDOUT;
        } catch (BundleException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
