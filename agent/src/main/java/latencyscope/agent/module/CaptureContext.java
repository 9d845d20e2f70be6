package latencyscope.agent.module;

import java.lang.instrument.Instrumentation;
import java.nio.file.Path;
import java.util.List;
import latencyscope.agent.event.MappedFiles;
import latencyscope.agent.event.RecordStrings;
import latencyscope.agent.memory.TargetMemory;
import latencyscope.agent.memory.TargetNodes;
import latencyscope.agent.memory.TargetPages;
import latencyscope.bpf.kernel.NumaNodes;
import latencyscope.guest.event.EventSink;
import latencyscope.guest.event.TickClock;
import latencyscope.guest.evidence.TaskLives;
import latencyscope.guest.facts.HostAccount;
import latencyscope.guest.facts.HostCounters;
import latencyscope.guest.facts.InterruptAffinities;
import latencyscope.guest.facts.LockNames;
import latencyscope.guest.facts.StealTime;
import latencyscope.guest.hotspot.HotSpotThreads;
import latencyscope.guest.settings.CaptureSettings;
import latencyscope.guest.thread.JavaThreads;
import latencyscope.guest.thread.ThreadDirectory;
import latencyscope.guest.thread.WatchedThreads;
import latencyscope.guest.trigger.Triggers;

/**
 * What the modules of one capture share. Used by one thread at a time.
 *
 * @param sink takes the events
 * @param clock converts the kernel's time
 * @param threads identifies threads
 * @param strings texts of records
 * @param memory knows the target's memory regions
 * @param pages finds where its pages are
 * @param locks names the JVM's own locks
 * @param stacks finds the frames on its stacks
 * @param tasks knows which tasks live, and where they may run
 * @param triggers watches for events that are to be written to a file
 * @param turns cuts the work on records into short ones
 * @param hostAccounts the kernel's own counts of what modules trace
 */
record CaptureContext(
    EventSink sink,
    TickClock clock,
    ThreadDirectory threads,
    RecordStrings strings,
    TargetMemory memory,
    TargetPages pages,
    LockNames locks,
    JavaStacks stacks,
    TaskLives tasks,
    Triggers triggers,
    ShortTurns turns,
    List<HostAccount> hostAccounts) {
  private static final Path ROOT = Path.of("/");

  /** Copies the list. */
  CaptureContext {
    hostAccounts = List.copyOf(hostAccounts);
  }

  /** Finds out what a capture's modules share. */
  static CaptureContext of(
      CaptureSettings settings,
      TickClock clock,
      Instrumentation instrumentation,
      WatchedThreads watched,
      Triggers triggers,
      EventSink sink)
      throws IllegalAccessException {
    HotSpotThreads javaThreads = javaThreads(settings, instrumentation);
    MappedFiles files = MappedFiles.of(settings);
    return new CaptureContext(
        sink,
        clock,
        new ThreadDirectory(javaThreads, watched),
        new RecordStrings(files),
        TargetMemory.of(settings, javaThreads),
        new TargetPages(new TargetNodes(NumaNodes.running(), settings.pid(), sink), files),
        LockNames.of(settings),
        JavaStacks.of(settings),
        tasks(settings, sink),
        triggers,
        new ShortTurns(),
        List.of(
            new InterruptAffinities(ROOT, settings.cpus(), sink),
            new HostCounters(ROOT, sink),
            new StealTime(ROOT, sink)));
  }

  private static TaskLives tasks(CaptureSettings settings, EventSink sink) {
    boolean all = settings.pid() == CaptureSettings.ALL;
    boolean own = settings.pid() == CaptureSettings.OWN;
    long target = all ? 0 : own ? ProcessHandle.current().pid() : settings.pid();
    boolean initial = Target.isInInitialNamespace();
    // In a container a thread's id is another one's here.
    boolean knowsThreads = !sink.isTarget() || Target.isInNamespaceOf(target);
    return new TaskLives(ROOT.resolve("proc"), target, initial, knowsThreads, sink);
  }

  /** Finds this JVM's threads; null if another process is the target. */
  private static HotSpotThreads javaThreads(
      CaptureSettings settings, Instrumentation instrumentation) {
    if (settings.pid() != CaptureSettings.OWN) {
      return null;
    }
    return JavaThreads.read(instrumentation);
  }
}
