package latencyscope.agent;

import java.lang.instrument.Instrumentation;
import java.util.Map;
import java.util.Set;

/**
 * Lets the agent call native code without the four lines of warning that the JDK would otherwise
 * print on the engine's standard error: the manifest's {@code Enable-Native-Access} is not honoured
 * for agents.
 *
 * <p>The user consented by loading the agent; a user who said {@code --illegal-native-access=deny}
 * did not, and is obeyed.
 */
final class NativeAccess {
  private NativeAccess() {}

  /**
   * Enables native access for the module of this class.
   *
   * @return null, or what keeps the agent from native code and how to allow it, as a sentence
   */
  static String enable(Instrumentation instrumentation) {
    Module own = NativeAccess.class.getModule();
    if (own.isNativeAccessEnabled()) {
      return null;
    }
    try {
      export(instrumentation, "jdk.internal.module", own);
      Object policy =
          Class.forName("jdk.internal.module.ModuleBootstrap")
              .getMethod("illegalNativeAccess")
              .invoke(null);
      if ("DENY".equals(String.valueOf(policy))) {
        return "this JVM runs with --illegal-native-access=deny;"
            + " add --enable-native-access=ALL-UNNAMED to its command line";
      }
      export(instrumentation, "jdk.internal.access", own);
      Object access =
          Class.forName("jdk.internal.access.SharedSecrets")
              .getMethod("getJavaLangAccess")
              .invoke(null);
      Class.forName("jdk.internal.access.JavaLangAccess")
          .getMethod("addEnableNativeAccessToAllUnnamed")
          .invoke(access);
    } catch (ReflectiveOperationException | RuntimeException e) {
      // Another JDK's internals: native access still works, after the JDK has printed its warning.
      return null;
    }
    return null;
  }

  private static void export(Instrumentation instrumentation, String packageName, Module to) {
    instrumentation.redefineModule(
        Object.class.getModule(),
        Set.of(),
        Map.of(packageName, Set.of(to)),
        Map.of(),
        Set.of(),
        Map.of());
  }
}
