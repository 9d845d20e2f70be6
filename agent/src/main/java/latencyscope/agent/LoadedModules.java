package latencyscope.agent;

import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import latencyscope.bpf.BpfException;
import latencyscope.bpf.CpuList;
import latencyscope.bpf.Kernel;
import latencyscope.bpf.NativeThread;
import latencyscope.bpf.NumaNodes;
import latencyscope.bpf.RunTimeAccounting;
import latencyscope.jfr.Schema;

/**
 * The modules of one capture, drained and kept in turn. A module that cannot be loaded is told of
 * and left out; the others work. Used by one thread at a time.
 */
final class LoadedModules implements AutoCloseable {
  private static final int POLL_US = 5_000;

  private final List<KernelModule> modules = new ArrayList<>();
  private final List<Probe> probes = new ArrayList<>();
  private CaptureContext context;
  private int drainThread;
  private CpuList drainCpus = CpuList.NONE;
  private long loadingNs;
  private CostBudget budget;

  /** Null unless the user has asked for it and the kernel does it. */
  private RunTimeAccounting accounting;

  private long drained;

  /** CPU time of the drain thread that records took. */
  private long recordsNs;

  private LoadedModules() {}

  /** Loads and attaches every module that the settings ask for. */
  static LoadedModules load(
      CaptureSettings settings, TickClock clock, Instrumentation instrumentation, Triggers triggers)
      throws IOException, IllegalAccessException {
    WatchedThreads watched = new WatchedThreads(settings.threads());
    LoadedModules all = new LoadedModules();
    all.misunderstood(settings);
    // The JVM's own structures are read while the kernel's verifier is at work.
    CompletableFuture<CaptureContext> context = new CompletableFuture<>();
    List<ModuleLoader.Loading> loading = List.of();
    String forbidden = NativeAccess.enable(instrumentation);
    if (forbidden != null) {
      all.forbidden(forbidden);
    }
    try {
      if (forbidden == null) {
        all.drainThread = ModuleLoader.keepOutOfTheWay(settings.cpus(), settings.drainCpus());
        all.drainCpus = NativeThread.affinity();
        watched.leaveOut(all.drainThread);
        all.countRunTime(settings);
        List<String> wanted = Schema.modules().stream().filter(settings::wantsModule).toList();
        loading = new ModuleLoader(settings, context, watched).begin(wanted);
      }
    } catch (BpfException e) {
      all.refused(e);
    }
    try {
      all.context =
          context(settings, clock, forbidden == null ? instrumentation : null, watched, triggers);
      context.complete(all.context);
    } finally {
      context.cancel(false); // nobody may wait for what failed
    }
    all.await(loading);
    all.keepTo(settings);
    return all;
  }

  // A budget is for the engine's sake: who watches from outside has a process of his own.
  private void keepTo(CaptureSettings settings) {
    budget =
        new CostBudget(
            settings.pid() == CaptureSettings.OWN ? settings.budget() : 0,
            modules.stream().flatMap(module -> module.flows().stream()).toList(),
            System.nanoTime(),
            drainNs());
  }

  private void countRunTime(CaptureSettings settings) {
    if (!settings.probeCost()) {
      return;
    }
    try {
      accounting = RunTimeAccounting.start();
    } catch (BpfException e) {
      Complaints.say("runs and run time are not counted: " + e.problem() + "; " + e.remedy());
      probes.add(Probe.refused("capture", "stats", e));
    }
  }

  private static CaptureContext context(
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
        triggers);
  }

  private void await(List<ModuleLoader.Loading> all) {
    for (ModuleLoader.Loading one : all) {
      while (!one.isDone()) {
        NativeThread.pause(POLL_US);
      }
      one.module().ifPresent(modules::add);
      probes.addAll(one.probes());
      loadingNs += one.cpuNs();
    }
    complain(all);
  }

  // What one remedy puts right is one problem, however many modules it stops.
  private static void complain(List<ModuleLoader.Loading> all) {
    Map<String, List<ModuleLoader.Loading>> byRemedy =
        all.stream()
            .filter(one -> one.refusal().isPresent())
            .collect(
                Collectors.groupingBy(
                    one -> one.refusal().orElseThrow().remedy(),
                    LinkedHashMap::new,
                    Collectors.toList()));
    byRemedy.forEach((remedy, refused) -> {
      String names =
          refused.stream().map(ModuleLoader.Loading::name).collect(Collectors.joining(", "));
      String problem = refused.get(0).refusal().orElseThrow().problem();
      String who = refused.size() == 1 ? "module " + names + " is" : "modules " + names + " are";
      Complaints.say(who + " not active: " + problem + "; " + remedy);
    });
  }

  boolean isEmpty() {
    return modules.isEmpty();
  }

  List<KernelModule> modules() {
    return modules;
  }

  List<Probe> probes() {
    return probes;
  }

  /** Where the drain thread may run; nowhere if there is none. */
  CpuList drainCpus() {
    return drainCpus;
  }

  /** Whether the kernel counts runs and run time, at this capture's wish or somebody else's. */
  boolean isRunTimeCounted() {
    return accounting != null || Kernel.running().countsRunTime();
  }

  /** CPU time that the drain thread has used, nanoseconds; 0 if the kernel does not tell. */
  long drainNs() {
    return CpuTime.ofThread("self/task/" + drainThread);
  }

  /** CPU time that loading the modules has taken on threads of its own, nanoseconds. */
  long loadingNs() {
    return loadingNs;
  }

  /** Whether there is anything to drain. Some reads of memory: no lock, and no system call. */
  boolean haveWork() {
    for (KernelModule module : modules) {
      if (module.hasWork()) {
        return true;
      }
    }
    return false;
  }

  /** Turns a batch of records into events; says whether there may be more. */
  boolean drain(int limit) throws BpfException {
    if (modules.isEmpty()) {
      return false; // perhaps because native calls are forbidden
    }
    boolean more = false;
    long beforeNs = NativeThread.cpuTimeNs();
    context.threads().beginBatch();
    for (KernelModule module : modules) {
      int records = module.drain(limit);
      drained += records;
      more |= records == limit;
      module.retireThreads();
    }
    recordsNs += NativeThread.cpuTimeNs() - beforeNs;
    return more;
  }

  /** What is being captured, in a sentence. */
  String status() {
    long attached = probes.stream().filter(Probe::isAttached).count();
    return "capturing "
        + String.join("+", modules.stream().map(KernelModule::name).toList())
        + ": "
        + attached
        + " of "
        + probes.size()
        + " probes attached, "
        + drained
        + " records drained in "
        + drainNs() / 1_000_000
        + " ms of CPU time";
  }

  /** Reports on which NUMA nodes the target's memory is, where there are several. */
  void reportPlacement(long startTicks, long endTicks) {
    if (context.pages().nodes().tellPlacement()) {
      context.pages().nodes().commitPlacement(context.memory().ranges(), startTicks, endTicks);
    }
  }

  /** Bytes that wait in the fullest ring. */
  long pendingBytes() {
    return modules.stream().mapToLong(KernelModule::pendingBytes).max().orElse(0);
  }

  /** What is to be done about once a second. */
  void keepHouse() {
    context.clock().calibrate();
    budget.look(System.nanoTime(), drainNs(), recordsNs);
    // Asked once for all: the answer is about the time since it was asked last.
    boolean memoryMayHaveChanged = context.memory().mayHaveChanged(System.nanoTime());
    for (KernelModule module : modules) {
      module.adoptThresholds();
      if (memoryMayHaveChanged) {
        module.lookAtMemory();
      }
      module.reportLosses();
    }
  }

  /** Reports everything up to now. */
  void complete() throws BpfException {
    context.clock().calibrate();
    context.threads().refresh();
    for (KernelModule module : modules) {
      module.drainAll();
      module.retireThreads();
      module.reportMeasures();
      module.reportLosses();
    }
  }

  @Override
  public void close() {
    modules.forEach(KernelModule::close);
    modules.clear();
    if (accounting != null) {
      accounting.close();
    }
    try (TargetMemory _ = context.memory()) {
      context.threads().close();
    } catch (IOException e) {
      Complaints.say("could not close what tells threads and memory", e);
    }
  }

  // What was asked for differs from what is captured: the recording must say so.
  private void misunderstood(CaptureSettings settings) {
    List<String> problems = new ArrayList<>(settings.problems());
    for (String module : settings.modules()) {
      if (!Schema.modules().contains(module)) {
        problems.add(
            "unknown module '"
                + module
                + "'; the modules are "
                + String.join(", ", Schema.modules()));
      }
    }
    problems.forEach(Complaints::say);
    if (!problems.isEmpty()) {
      probes.add(Probe.unavailable("capture", "options", String.join("; ", problems)));
    }
  }

  private void forbidden(String reason) {
    Complaints.say("not active: " + reason + "; the engine runs on without");
    probes.add(Probe.unavailable("capture", null, reason));
  }

  private void refused(BpfException e) {
    Complaints.say("not capturing: " + e.problem() + "; " + e.remedy());
    probes.add(Probe.refused("capture", null, e));
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
      Complaints.say("Java threads are told by their kernel names", e);
      return null;
    }
  }
}
