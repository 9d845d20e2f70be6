package latencyscope.guest.hotspot;

import java.lang.instrument.Instrumentation;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import jdk.jfr.Event;
import jdk.jfr.EventType;

/**
 * Lowers the flight recorder's thresholds of some event types for as long as the caller commits
 * events of them.
 *
 * <p>The recorder drops an event that is shorter than its type's threshold, and offers no way to
 * commit one all the same; to change a recording's settings instead would write all settings into
 * it twice, and show in {@code jcmd JFR.check}. Source: {@code PlatformEventType.thresholdTicks},
 * there from JDK 9 to 25. A new recording may set the threshold meanwhile: then that one stays.
 * Used by one thread at a time.
 */
public final class RecorderThresholds {
  private static final String INTERNAL = "jdk.jfr.internal";

  /** Shortest that a recording cannot have asked for: a threshold has whole nanoseconds. */
  private static final long LOWERED = 1;

  private final VarHandle threshold;
  private final List<Object> types;
  private final long[] before;

  private RecorderThresholds(VarHandle threshold, List<Object> types) {
    this.threshold = threshold;
    this.types = types;
    before = new long[types.size()];
  }

  /** Something that commits events. */
  @FunctionalInterface
  public interface Commits {
    void run();
  }

  /** The thresholds of the given types; empty where this JDK does not let us at them. */
  public static Optional<RecorderThresholds> of(
      Instrumentation instrumentation, List<Class<? extends Event>> events) {
    try {
      Module recorder = ModuleLayer.boot().findModule("jdk.jfr").orElseThrow();
      JdkInternals.open(instrumentation, recorder, INTERNAL);
      Class<?> type = Class.forName(INTERNAL + ".PlatformEventType");
      Class<?> access = Class.forName(INTERNAL + ".PrivateAccess");
      Method find = access.getMethod("getPlatformEventType", EventType.class);
      Object instance = access.getMethod("getInstance").invoke(null);
      List<Object> types = new ArrayList<>();
      for (Class<? extends Event> event : events) {
        types.add(find.invoke(instance, EventType.getEventType(event)));
      }
      VarHandle threshold =
          MethodHandles.privateLookupIn(type, MethodHandles.lookup())
              .findVarHandle(type, "thresholdTicks", long.class)
              .withInvokeBehavior();
      return Optional.of(new RecorderThresholds(threshold, List.copyOf(types)));
    } catch (ReflectiveOperationException | RuntimeException e) {
      return Optional.empty();
    }
  }

  /** Runs what commits events, however short they are. */
  public void lowered(Commits commits) {
    for (int i = 0; i < before.length; i++) {
      before[i] = (long) threshold.getAndSet(types.get(i), LOWERED);
    }
    try {
      commits.run();
    } finally {
      for (int i = 0; i < before.length; i++) {
        threshold.compareAndSet(types.get(i), LOWERED, before[i]);
      }
    }
  }
}
