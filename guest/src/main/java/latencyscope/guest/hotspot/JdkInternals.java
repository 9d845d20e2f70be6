package latencyscope.guest.hotspot;

import java.lang.instrument.Instrumentation;
import java.util.Map;
import java.util.Set;

/**
 * Lets the agent's own module into packages of the JDK that are closed to it; to no other module,
 * and for good. Safe for use by several threads.
 */
public final class JdkInternals {
  private static final Module OWN = JdkInternals.class.getModule();

  private JdkInternals() {}

  /** Makes a package's public members accessible. */
  public static void export(Instrumentation instrumentation, Module jdk, String packageName) {
    change(instrumentation, jdk, Map.of(packageName, Set.of(OWN)), Map.of());
  }

  /** Makes a package's private members accessible, too. */
  public static void open(Instrumentation instrumentation, Module jdk, String packageName) {
    change(instrumentation, jdk, Map.of(), Map.of(packageName, Set.of(OWN)));
  }

  private static void change(
      Instrumentation instrumentation,
      Module jdk,
      Map<String, Set<Module>> exports,
      Map<String, Set<Module>> opens) {
    instrumentation.redefineModule(jdk, Set.of(), exports, opens, Set.of(), Map.of());
  }
}
