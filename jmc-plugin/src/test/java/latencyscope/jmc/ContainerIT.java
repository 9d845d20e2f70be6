package latencyscope.jmc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.launch.FrameworkFactory;
import org.osgi.framework.wiring.BundleWire;
import org.osgi.framework.wiring.BundleWiring;

/** The jar in an Equinox container with those of Mission Control's bundles that are published. */
@Tag("packed-jar")
class ContainerIT {
  private static final String HOST = "org.openjdk.jmc.flightrecorder";
  private static final String RULE_PROVIDER = "org.openjdk.jmc.flightrecorder.rules.ruleProvider";
  private static final List<String> BUNDLES =
      List.of(
          "org.eclipse.equinox.common",
          "org.eclipse.equinox.registry",
          "encoder",
          "lz4-java",
          "common",
          "flightrecorder",
          "flightrecorder.rules",
          "flightrecorder.rules.jdk");

  @TempDir static Path folder;

  private static Framework container;
  private static Bundle host;
  private static Bundle fragment;

  @BeforeAll
  static void start() throws Exception {
    Map<String, String> configuration =
        Map.of(
            Constants.FRAMEWORK_STORAGE,
            folder.resolve("storage").toString(),
            // lz4's bundle asks for it; Mission Control's product lists it, too.
            Constants.FRAMEWORK_SYSTEMPACKAGES_EXTRA,
            "sun.misc",
            // Else bundles see this test's class path, too, and nothing is shown.
            "osgi.compatibility.bootdelegation",
            "false");
    FrameworkFactory factory = ServiceLoader.load(FrameworkFactory.class).findFirst().orElseThrow();
    container = factory.newFramework(configuration);
    container.start();
    BundleContext context = container.getBundleContext();
    List<Bundle> installed = new ArrayList<>();
    for (String name : BUNDLES) {
      installed.add(context.installBundle(PlugIn.jar(name).toUri().toString()));
    }
    fragment = context.installBundle(PlugIn.JAR.toUri().toString());
    for (Bundle bundle : installed) {
      bundle.start();
      if (bundle.getSymbolicName().equals(HOST)) {
        host = bundle;
      }
    }
  }

  @AfterAll
  static void stop() throws Exception {
    container.stop();
    container.waitForStop(10_000);
  }

  @Test
  void theFragmentIsAttachedToItsHost() {
    assertEquals(Bundle.RESOLVED, fragment.getState());
    List<BundleWire> wires =
        fragment.adapt(BundleWiring.class).getRequiredWires("osgi.wiring.host");
    assertEquals(1, wires.size());
    assertEquals(host, wires.get(0).getProvider().getBundle());
  }

  /** Mission Control asks the class loader of whoever the registry says that provides rules. */
  @Test
  void itsRulesAreOfItsHost() throws Exception {
    List<String> providers = new ArrayList<>();
    for (Object element : ruleProviders()) {
      Object contributor = method(element, "getContributor").invoke(element);
      providers.add((String) method(contributor, "getName").invoke(contributor));
    }
    assertTrue(providers.contains(HOST), providers::toString);
  }

  /** Their extension point is the user interface's, which is not published: they wait for it. */
  @Test
  void itsPagesAreThereForTheUserInterface() throws Exception {
    Object registry = registry();
    List<Object> points = new ArrayList<>();
    for (Object element : ruleProviders()) {
      Object contributor = method(element, "getContributor").invoke(element);
      if (method(contributor, "getName").invoke(contributor).equals(HOST)) {
        Method extensions = method(registry, "getExtensions", contributor.getClass());
        for (Object extension : (Object[]) extensions.invoke(registry, contributor)) {
          points.add(method(extension, "getExtensionPointUniqueIdentifier").invoke(extension));
        }
      }
    }
    assertEquals(
        Set.of(RULE_PROVIDER, "org.openjdk.jmc.flightrecorder.ui.datapage"), Set.copyOf(points));
    assertNotNull(host.findEntries("/", "pages.xml", false), "where the extension says it is");
  }

  @Test
  void rulesAndParserExtensionsWorkWithinIt() throws Exception {
    Path recording = folder.resolve("every.jfr");
    EveryEvent.record(recording);
    ClassLoader inside = host.adapt(BundleWiring.class).getClassLoader();
    URL tests = Path.of("target", "test-classes").toUri().toURL();
    try (URLClassLoader loader = new URLClassLoader(new URL[] {tests}, inside)) {
      @SuppressWarnings("unchecked")
      Function<File, Map<String, String>> probe =
          (Function<File, Map<String, String>>)
              loader
                  .loadClass(ContainerProbe.class.getName())
                  .getDeclaredConstructor()
                  .newInstance();
      Map<String, String> results = new TreeMap<>(probe.apply(recording.toFile()));
      assertEquals(ContainerProbe.judge(recording.toFile()), results);
      assertTrue(results.get("latencyscope.isolation").startsWith("WARNING"), results::toString);
      assertTrue(results.get("latencyscope.isolation").contains("competitor"), results::toString);
      assertTrue(results.get("latencyscope.memory").contains("/data/journal"), results::toString);
      assertTrue(results.get("latencyscope.capture").contains("17 records"), results::toString);
    }
  }

  private static Object[] ruleProviders() throws Exception {
    Object registry = registry();
    return (Object[])
        method(registry, "getConfigurationElementsFor", String.class)
            .invoke(registry, RULE_PROVIDER);
  }

  private static Object registry() throws InvalidSyntaxException {
    BundleContext context = container.getBundleContext();
    // All, because this test's class path has a class of that name, too, which is another.
    ServiceReference<?>[] references =
        context.getAllServiceReferences("org.eclipse.core.runtime.IExtensionRegistry", null);
    assertNotNull(references, "the registry's bundle offers its service");
    ServiceReference<?> reference = references[0];
    return context.getService(reference);
  }

  // Its classes are the container's, of another loader than this test's.
  private static Method method(Object of, String name, Class<?>... parameters) throws Exception {
    for (Method method : of.getClass().getMethods()) {
      if (method.getName().equals(name) && accepts(method, parameters)) {
        method.setAccessible(true);
        return method;
      }
    }
    throw new NoSuchMethodException(name);
  }

  private static boolean accepts(Method method, Class<?>... arguments) {
    Class<?>[] parameters = method.getParameterTypes();
    boolean fits = parameters.length == arguments.length;
    for (int i = 0; fits && i < parameters.length; i++) {
      fits = parameters[i].isAssignableFrom(arguments[i]);
    }
    return fits;
  }
}
