package latencyscope.agent.module;

import java.lang.instrument.Instrumentation;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import latencyscope.guest.hotspot.JdkInternals;

/**
 * Lets the agent call native code without the four lines of warning that the JDK would otherwise
 * print on the engine's standard error: the manifest's {@code Enable-Native-Access} is not honoured
 * for agents.
 *
 * <p>The user consented by loading the agent; a user who said {@code --illegal-native-access=deny}
 * did not, and is obeyed. The JDK knows one permission for all that is on the class path, so while
 * we have it, it does not warn of the engine's own native calls either. Safe for use by several
 * threads.
 */
final class NativeAccess {
  private static final Module BASE = Object.class.getModule();

  /** Whether a capture has needed it: from then on it stays. */
  private static boolean kept;

  private NativeAccess() {}

  /**
   * Enables native access for the module of this class, for good.
   *
   * @return null, or what keeps the agent from native code and how to allow it, as a sentence
   */
  static synchronized String enable(Instrumentation instrumentation) {
    kept = true;
    return grant(instrumentation);
  }

  /** Something that calls native code. */
  interface Task {
    void run() throws Exception;
  }

  /**
   * Runs something with native access. If there was none before, there is none afterwards: then the
   * JDK warns of the engine's native calls as it does without us. Does nothing where native access
   * is denied, or could not be taken back.
   *
   * <p>For a task of few restricted calls: a JIT compiler that meets the JDK's check often enough
   * to compile it takes the permission for a constant, and then it can not be taken back.
   */
  static void lend(Instrumentation instrumentation, Task task) throws Exception {
    Runnable giveBack = borrow(instrumentation);
    if (giveBack == null) {
      return;
    }
    try {
      task.run();
    } finally {
      giveBack.run();
    }
  }

  /** What ends it; null if there is no native access. */
  private static synchronized Runnable borrow(Instrumentation instrumentation)
      throws ReflectiveOperationException {
    Module own = NativeAccess.class.getModule();
    if (own.isNativeAccessEnabled()) {
      return () -> {};
    }
    JdkInternals.open(instrumentation, BASE, "java.lang");
    MethodHandles.Lookup module =
        MethodHandles.privateLookupIn(Module.class, MethodHandles.lookup());
    VarHandle enabled = module.findVarHandle(Module.class, "enableNativeAccess", boolean.class);
    Module classPath =
        (Module) module.findStaticVarHandle(Module.class, "ALL_UNNAMED_MODULE", Module.class).get();
    boolean granted = grant(instrumentation) == null && own.isNativeAccessEnabled();
    return granted ? () -> giveBack(enabled, classPath) : null;
  }

  private static synchronized void giveBack(VarHandle enabled, Module classPath) {
    if (!kept) {
      enabled.setVolatile(classPath, false);
    }
  }

  private static String grant(Instrumentation instrumentation) {
    Module own = NativeAccess.class.getModule();
    if (own.isNativeAccessEnabled()) {
      return null;
    }
    try {
      JdkInternals.export(instrumentation, BASE, "jdk.internal.module");
      Object policy =
          Class.forName("jdk.internal.module.ModuleBootstrap")
              .getMethod("illegalNativeAccess")
              .invoke(null);
      if ("DENY".equals(String.valueOf(policy))) {
        return "this JVM runs with --illegal-native-access=deny;"
            + " add --enable-native-access=ALL-UNNAMED to its command line";
      }
      JdkInternals.export(instrumentation, BASE, "jdk.internal.access");
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
}
