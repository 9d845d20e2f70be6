package latencyscope.guest.trigger;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingStream;
import latencyscope.guest.settings.AgentOptions;
import latencyscope.guest.settings.Complaints;
import latencyscope.guest.settings.DaemonThread;

/**
 * Watches for the conditions of the option {@code trigger}, and has the last seconds written to a
 * file when one is met, once in a cool-down.
 *
 * <p>Conditions on kernel events are looked at as the events are decoded; for those on events of
 * the JVM or of the engine a recording stream of just these is kept, which tells within about a
 * second. Writing happens on a separate thread. Safe for use by several threads.
 */
public final class Triggers {
  /** Stands for: no condition on this event. */
  static final long NEVER = Long.MAX_VALUE;

  /** No condition at all. */
  public static final Triggers NONE = new Triggers(List.of(), null, Duration.ZERO);

  private static final String OWN_THREADS = "latencyscope-";
  private static final String THREAD = OWN_THREADS + "trigger";

  /** Between a trigger and its file, nanoseconds: what follows belongs to the picture too. */
  public static final long AFTERMATH_NS = 1_000_000_000;

  private final List<TriggerCondition> conditions;
  private final TriggerDump dump;
  private final long coolDownNs;
  private final AtomicLong quietUntilNs = new AtomicLong();
  private RecordingStream stream;
  private boolean closed;

  Triggers(List<TriggerCondition> conditions, TriggerDump dump, Duration coolDown) {
    this.conditions = conditions;
    this.dump = dump;
    coolDownNs = coolDown.toNanos();
    quietUntilNs.set(System.nanoTime() - 1);
  }

  /**
   * What is asked for, at work.
   *
   * @param text conditions, joined with {@code |}
   */
  public static Triggers of(AgentOptions options, String text) {
    if (text.isEmpty()) {
      return NONE; // and nothing is loaded for it while the engine starts
    }
    Triggers triggers = asked(options, text);
    if (triggers != NONE) {
      // Not here: the flight recorder takes its time to come up, and the engine may be starting.
      DaemonThread.start(THREAD, triggers::watch);
    }
    return triggers;
  }

  /** What is asked for, not yet at work. */
  public static Triggers asked(AgentOptions options, String text) {
    List<String> problems = new ArrayList<>();
    List<TriggerCondition> conditions = TriggerCondition.parse(text, problems);
    problems.forEach(Complaints::say);
    if (conditions.isEmpty()) {
      return NONE;
    }
    TriggerDump dump = new TriggerDump(folder(options), options.triggerLast());
    return new Triggers(conditions, dump, options.triggerCoolDown());
  }

  private static Path folder(AgentOptions options) {
    try {
      return Path.of(options.value("trigger.dir"));
    } catch (InvalidPathException e) {
      Complaints.say("trigger.dir is not a path; using the working directory", e);
      return Path.of("");
    }
  }

  /** Starts to look at events of the JVM and of the engine, if a condition names one. */
  private void watch() {
    List<TriggerCondition> ofJvm = conditions.stream().filter(c -> !c.isOfKernel()).toList();
    if (ofJvm.isEmpty()) {
      return;
    }
    try {
      watch(ofJvm);
    } catch (RuntimeException e) {
      Complaints.say("could not watch for the events of trigger=", e);
    }
  }

  private synchronized void watch(List<TriggerCondition> ofJvm) {
    if (closed) {
      return;
    }
    stream = new RecordingStream();
    stream.setOrdered(false);
    stream.setMaxAge(Duration.ofSeconds(10)); // the stream is read at once; others keep the data
    for (TriggerCondition condition : ofJvm) {
      stream.enable(condition.event()).withThreshold(Duration.ofNanos(condition.longerThanNs()));
      stream.onEvent(condition.event(), event -> met(condition, event));
    }
    stream.startAsync();
  }

  private void met(TriggerCondition condition, RecordedEvent event) {
    long ns = event.getDuration().toNanos();
    if (ns > condition.longerThanNs()) {
      met(condition, ns, event.getThread() == null ? null : event.getThread().getJavaName());
    }
  }

  private static boolean isOurs(String thread) {
    return thread != null && thread.startsWith(OWN_THREADS);
  }

  /** Length in nanoseconds above which an event of the kernel meets a condition. */
  public long longerThanNs(String event) {
    long least = NEVER;
    for (int i = 0; i < conditions.size(); i++) { // asked each second: without garbage
      if (conditions.get(i).event().equals(event)) {
        least = Math.min(least, conditions.get(i).longerThanNs());
      }
    }
    return least;
  }

  /** Takes an event of the kernel that is longer than {@link #longerThanNs} says. */
  public void met(String event, long ns, String thread) {
    conditions.stream()
        .filter(condition -> condition.event().equals(event) && ns > condition.longerThanNs())
        .findFirst()
        .ifPresent(condition -> met(condition, ns, thread));
  }

  private void met(TriggerCondition condition, long ns, String thread) {
    if (isOurs(thread)) {
      return; // what the agent's own threads wait for hurts nobody
    }
    long now = System.nanoTime();
    long quietUntil = quietUntilNs.get();
    if (now - quietUntil < 0 || !quietUntilNs.compareAndSet(quietUntil, now + coolDownNs)) {
      return;
    }
    DaemonThread.start(
        THREAD,
        () -> {
          try {
            TimeUnit.NANOSECONDS.sleep(AFTERMATH_NS);
          } catch (InterruptedException e) {
            return; // the engine ends
          }
          dump.write(condition, ns, thread);
        });
  }

  /** Stops watching; returns at once, for the recorder may be waiting for the caller. */
  public void closeSoon() {
    if (conditions.stream().anyMatch(condition -> !condition.isOfKernel())) {
      DaemonThread.start(THREAD, this::close);
    }
  }

  private synchronized void close() {
    closed = true;
    if (stream != null) {
      stream.close();
    }
  }
}
