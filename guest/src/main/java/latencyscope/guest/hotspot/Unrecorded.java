package latencyscope.guest.hotspot;

import java.lang.instrument.Instrumentation;

/**
 * Keeps a thread's own waits out of the engine's recordings, by the way in which the flight
 * recorder leaves out its own threads. Such a thread cannot commit events either.
 */
public final class Unrecorded {
  private static final String INTERNAL = "jdk.jfr.internal";

  private Unrecorded() {}

  /**
   * Leaves the calling thread out, where this JDK has that way; else its waits are recorded. Says
   * whether it is left out.
   */
  public static boolean makeCurrentThread(Instrumentation instrumentation) {
    try {
      Module recorder = ModuleLayer.boot().findModule("jdk.jfr").orElseThrow();
      JdkInternals.export(instrumentation, recorder, INTERNAL);
      Class.forName(INTERNAL + ".JVM")
          .getMethod("exclude", Thread.class)
          .invoke(null, Thread.currentThread());
      return true;
    } catch (ReflectiveOperationException | RuntimeException e) {
      return false; // another JDK's internals: an event a second more is no harm
    }
  }
}
