package latencyscope.agent.module;

import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.nio.file.Path;
import java.util.List;
import latencyscope.agent.event.MappedFiles;
import latencyscope.agent.event.RecordStrings;
import latencyscope.agent.evidence.TaskLives;
import latencyscope.agent.host.HostAccount;
import latencyscope.agent.host.HostCounters;
import latencyscope.agent.host.InterruptAffinities;
import latencyscope.agent.host.LockNames;
import latencyscope.agent.host.StealTime;
import latencyscope.agent.hotspot.HotSpotThreads;
import latencyscope.agent.memory.TargetMemory;
import latencyscope.agent.memory.TargetNodes;
import latencyscope.agent.memory.TargetPages;
import latencyscope.agent.record.TickClock;
import latencyscope.agent.settings.CaptureSettings;
import latencyscope.agent.settings.Complaints;
import latencyscope.agent.settings.Target;
import latencyscope.agent.thread.ThreadDirectory;
import latencyscope.agent.thread.WatchedThreads;
import latencyscope.agent.trigger.Triggers;
import latencyscope.bpf.kernel.NumaNodes;

/**
 * What the modules of one capture share. Used by one thread at a time.
 *
 * @param clock converts the kernel's time
 * @param threads identifies threads
 * @param strings texts of records
 * @param memory knows the target's memory regions
 * @param pages finds where its pages are
 * @param locks names the JVM's own locks
 * @param tasks knows which tasks live, and where they may run
 * @param triggers watches for events that are to be written to a file
 * @param turns cuts the work on records into short ones
 * @param hostAccounts the kernel's own counts of what modules trace
 */
record CaptureContext(
    TickClock clock,
    ThreadDirectory threads,
    RecordStrings strings,
    TargetMemory memory,
    TargetPages pages,
    LockNames locks,
    TaskLives tasks,
    Triggers triggers,
    ShortTurns turns,
    List<HostAccount> hostAccounts) {
  private static final Path ROOT = Path.of("/");

  /** Copies the list. */
  CaptureContext {
    hostAccounts = List.copyOf(hostAccounts);
  }

  /**
   * Finds out what a capture's modules share.
   *
   * @param instrumentation null if native calls are forbidden
   */
  static CaptureContext of(
      CaptureSettings settings,
      TickClock clock,
      Instrumentation instrumentation,
      WatchedThreads watched,
      Triggers triggers)
      throws IllegalAccessException {
    HotSpotThreads javaThreads = javaThreads(settings, instrumentation);
    MappedFiles files = MappedFiles.of(settings);
    return new CaptureContext(
        clock,
        new ThreadDirectory(javaThreads, watched),
        new RecordStrings(files),
        TargetMemory.of(settings, javaThreads),
        new TargetPages(new TargetNodes(NumaNodes.running(), settings.pid()), files),
        LockNames.of(settings, instrumentation != null),
        tasks(settings),
        triggers,
        new ShortTurns(),
        List.of(
            new InterruptAffinities(ROOT, settings.cpus()),
            new HostCounters(ROOT),
            new StealTime(ROOT)));
  }

  private static TaskLives tasks(CaptureSettings settings) {
    boolean all = settings.pid() == CaptureSettings.ALL;
    boolean own = settings.pid() == CaptureSettings.OWN;
    long target = all ? 0 : own ? ProcessHandle.current().pid() : settings.pid();
    return new TaskLives(ROOT.resolve("proc"), target, Target.isInInitialNamespace());
  }

  /**
   * Finds this JVM's threads.
   *
   * @param instrumentation null if native calls, which it takes, are forbidden
   */
  private static HotSpotThreads javaThreads(
      CaptureSettings settings, Instrumentation instrumentation) {
    if (settings.pid() != CaptureSettings.OWN || instrumentation == null) {
      return null;
    }
    try {
      return new HotSpotThreads(instrumentation);
    } catch (IOException | ReflectiveOperationException | RuntimeException e) {
      Complaints.say("cannot read Java thread names; using kernel names", e);
      return null;
    }
  }
}
