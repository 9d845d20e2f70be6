package latencyscope.agent.module;

import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import latencyscope.agent.budget.CostBudget;
import latencyscope.agent.budget.CpuTime;
import latencyscope.agent.budget.EventFlow;
import latencyscope.agent.evidence.RecordedEvents;
import latencyscope.agent.host.HostFacts;
import latencyscope.agent.hotspot.NativeAccess;
import latencyscope.agent.hotspot.RecorderThresholds;
import latencyscope.agent.memory.TargetMemory;
import latencyscope.agent.record.TickClock;
import latencyscope.agent.settings.CaptureSettings;
import latencyscope.agent.settings.Complaints;
import latencyscope.agent.settings.ReadMode;
import latencyscope.agent.thread.WatchedThreads;
import latencyscope.agent.trigger.Triggers;
import latencyscope.bpf.error.BpfException;
import latencyscope.bpf.kernel.Kernel;
import latencyscope.bpf.kernel.NativeThread;
import latencyscope.bpf.libbpf.RunTimeAccounting;
import latencyscope.jfr.Schema;
import latencyscope.proc.CpuSet;

/**
 * The modules of one capture, drained and kept in turn. A module that cannot be loaded is reported
 * and left out; the others work. Used by one thread at a time.
 */
public final class LoadedModules implements AutoCloseable {
  private static final int POLL_US = 5_000;

  private final List<KernelModule> modules = new ArrayList<>();
  private final List<Probe> probes = new ArrayList<>();
  private CaptureContext context;
  private int drainThread;
  private CpuSet drainCpus = CpuSet.EMPTY;
  private long loadingNs;
  private CostBudget budget;

  /** Whether the user has asked for that budget: else it is for a ring that overflows. */
  private boolean budgetIsAsked;

  /** Null unless the user has asked for it and the kernel does it. */
  private RunTimeAccounting accounting;

  private final RecordedEvents recordedEvents = new RecordedEvents(Schema.events());

  /** Types of the modules' events, by name. */
  private final Map<String, EventFlow> flows = new HashMap<>();

  /** Made once: it is needed each second. */
  private final ToLongFunction<String> thresholdNs = this::thresholdNs;

  private long drained;

  /** Null where this JDK does not let us write what is below its thresholds. */
  private RecorderThresholds recorderThresholds;

  /** Whether a ring has, in the second before the last maintenance. */
  private boolean overflowed;

  private ReadMode mode = new ReadMode(true, false, 0);

  /** CPU time of the drain thread that records took. */
  private long recordsNs;

  private LoadedModules() {}

  /** Loads and attaches every module that the settings ask for. */
  public static LoadedModules load(
      CaptureSettings settings, TickClock clock, Instrumentation instrumentation, Triggers triggers)
      throws IOException, IllegalAccessException {
    WatchedThreads watched = new WatchedThreads(settings.threads());
    LoadedModules all = new LoadedModules();
    all.probes.addAll(LoadProblems.of(settings));
    // The JVM's own structures are read while the kernel's verifier is at work.
    CompletableFuture<CaptureContext> context = new CompletableFuture<>();
    List<ModuleLoader.Loading> loading = List.of();
    String forbidden = NativeAccess.enable(instrumentation);
    if (forbidden != null) {
      all.probes.add(LoadProblems.forbidden(forbidden));
    }
    try {
      if (forbidden == null) {
        all.drainThread = ModuleLoader.leaveMonitoredCpus(settings.cpus(), settings.drainCpus());
        all.drainCpus = NativeThread.affinity();
        watched.leaveOut(all.drainThread);
        all.countRunTime(settings);
        List<String> wanted = Schema.modules().stream().filter(settings::wantsModule).toList();
        loading = new ModuleLoader(settings, context, watched, instrumentation).begin(wanted);
      }
    } catch (BpfException e) {
      all.probes.add(LoadProblems.refused(e));
    }
    try {
      all.context =
          CaptureContext.of(
              settings, clock, forbidden == null ? instrumentation : null, watched, triggers);
      context.complete(all.context);
    } finally {
      context.cancel(false); // nobody may wait for what failed
    }
    if (!loading.isEmpty() && settings.pid() == CaptureSettings.OWN) {
      WarmUp.runOnceASecondWork(settings.pid());
    }
    all.await(loading);
    all.limitDrainCost(settings);
    all.recorderThresholds =
        RecorderThresholds.of(instrumentation, List.copyOf(Schema.events())).orElse(null);
    return all;
  }

  // A budget is for the engine's sake: a capture from outside runs in a separate process.
  private void limitDrainCost(CaptureSettings settings) {
    budgetIsAsked = settings.budgetIsAsked();
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

  private void await(List<ModuleLoader.Loading> all) {
    for (ModuleLoader.Loading one : all) {
      while (!one.isDone()) {
        NativeThread.pause(POLL_US);
      }
      one.module().ifPresent(this::add);
      probes.addAll(one.probes());
      loadingNs += one.cpuNs();
    }
    LoadProblems.complain(all);
  }

  private void add(KernelModule module) {
    modules.add(module);
    module.flows().forEach(flow -> flows.putIfAbsent(flow.eventName(), flow));
  }

  public boolean isEmpty() {
    return modules.isEmpty();
  }

  public List<KernelModule> modules() {
    return modules;
  }

  public List<Probe> probes() {
    return probes;
  }

  /** What is known of the names of the target's own mutexes. */
  public HostFacts.Fact lockNames() {
    return context.locks().fact();
  }

  /** How much kernel memory the logs of all modules take, in bytes. */
  public HostFacts.Fact logMemory() {
    long bytes = modules.stream().mapToLong(KernelModule::logBytes).sum();
    return new HostFacts.Fact("history_bytes", Long.toString(bytes), "the agent's option history");
  }

  /** Where the drain thread may run; nowhere if there is none. */
  public CpuSet drainCpus() {
    return drainCpus;
  }

  /** Whether the kernel counts runs and run time, at this capture's wish or somebody else's. */
  public boolean isRunTimeCounted() {
    return accounting != null || Kernel.running().countsRunTime();
  }

  /** CPU time that the drain thread has used, nanoseconds; 0 if the kernel does not report it. */
  public long drainNs() {
    return CpuTime.ofThread("self/task/" + drainThread);
  }

  /** CPU time that loading the modules has taken on separate threads, nanoseconds. */
  public long loadingNs() {
    return loadingNs;
  }

  /** Whether there is anything to drain. Some reads of memory: no lock, and no system call. */
  public boolean haveWork() {
    return any(KernelModule::hasWork);
  }

  private boolean any(Predicate<KernelModule> test) {
    for (int i = 0; i < modules.size(); i++) { // an iterator would be garbage
      if (test.test(modules.get(i))) {
        return true;
      }
    }
    return false;
  }

  /** What the recordings want of the log, and how soon they want what they keep. */
  public void mode(ReadMode wanted) {
    mode = wanted;
    context.threads().remember(wanted.logs() ? wanted.lastNs() : 0);
    for (int i = 0; i < modules.size(); i++) {
      modules.get(i).log(wanted.logs() && recorderThresholds != null);
    }
  }

  /**
   * Whether records should be taken before it is time for all. Some reads of memory: no lock, and
   * no system call.
   */
  public boolean isUrgent() {
    boolean urgent = false;
    for (int i = 0; i < modules.size(); i++) { // each is asked: it takes note of what it has seen
      urgent |= modules.get(i).look();
    }
    return urgent;
  }

  /** Whether there are threads whose names are to be taken. */
  public boolean haveThreadsToMeet() {
    return any(KernelModule::hasThreadsToMeet);
  }

  /** Takes the names of threads that were not known yet, while they live. */
  public void meetThreads() {
    context.threads().beginBatch();
    for (int i = 0; i < modules.size(); i++) {
      modules.get(i).meetThreads();
    }
  }

  /** Turns a batch of records into events; says whether there may be more. */
  public boolean drain(int limit) throws BpfException {
    if (modules.isEmpty()) {
      return false; // perhaps because native calls are forbidden
    }
    boolean more = false;
    long beforeNs = NativeThread.cpuTimeNs();
    context.threads().beginBatch();
    context.turns().begin();
    for (int i = 0; i < modules.size(); i++) {
      KernelModule module = modules.get(i);
      int records = module.drain(limit);
      drained += records;
      more |= records == limit;
      module.retireThreads();
    }
    recordsNs += NativeThread.cpuTimeNs() - beforeNs;
    return more;
  }

  /** What is being captured, in a sentence. */
  public String status() {
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
  public void reportPlacement(long startTicks, long endTicks) {
    if (context.pages().nodes().hasPlacement()) {
      context.pages().nodes().commitPlacement(context.memory().ranges(), startTicks, endTicks);
    }
  }

  /** Bytes that wait in the fullest ring. */
  public long pendingBytes() {
    long most = 0;
    for (int i = 0; i < modules.size(); i++) {
      most = Math.max(most, modules.get(i).pendingBytes());
    }
    return most;
  }

  /**
   * What is to be done about once a second, by the drain thread. Allocates nothing as long as there
   * are no new tasks and the target's memory is mapped as it was: see {@code OwnThreadsIT}.
   */
  public void runMaintenance() {
    context.clock().calibrate();
    if (!isEmpty()) { // else native calls may be forbidden
      boolean mayRaise = budgetIsAsked || mode.streams() || overflowed;
      budget.look(System.nanoTime(), NativeThread.cpuTimeNs(), recordsNs, mayRaise);
    }
    // Asked once for all: the answer is about the time since it was asked last.
    boolean memoryMayHaveChanged = context.memory().mayHaveChanged(System.nanoTime());
    overflowed = false;
    for (int i = 0; i < modules.size(); i++) { // an iterator would be garbage
      KernelModule module = modules.get(i);
      module.adoptThresholds();
      module.refreshMemory(memoryMayHaveChanged);
      overflowed |= module.reportLosses();
    }
    recordedEvents.look(thresholdNs);
    context.tasks().look();
  }

  /** Which event types were recorded since the last call, as {@code Capture} has it. */
  public String takeRecordedEvents() {
    recordedEvents.look(thresholdNs);
    return recordedEvents.take();
  }

  private long thresholdNs(String eventName) {
    EventFlow flow = flows.get(eventName);
    return flow == null ? 0 : Math.max(flow.thresholdNs(), flow.floorNs());
  }

  /**
   * Reports everything up to now. Records are read last of all, once more and quickly: what is not
   * read when a chunk ends is unknown to its reader.
   *
   * @param withLog whether to add what the logs hold
   */
  public void complete(boolean withLog) {
    context.turns().begin();
    context.tasks().commit();
    context.clock().calibrate();
    context.threads().refresh();
    for (KernelModule module : modules) {
      guarded(module::drainAll);
      guarded(module::retireThreads);
      module.reportMeasures();
    }
    if (withLog) {
      commitLogs();
    }
    modules.forEach(KernelModule::takeHeld);
    for (KernelModule module : modules) {
      guarded(module::drainAll);
      // Now, so that what was lost until then is known to belong to this interval.
      module.reportLosses();
      module.times().commit();
    }
  }

  private void commitLogs() {
    if (!mode.logs() || recorderThresholds == null) {
      return;
    }
    long lastNs = mode.lastNs();
    long sinceNs = lastNs == ReadMode.ALL ? 0 : context.clock().kernelNow() - lastNs;
    recorderThresholds.lowered(() -> modules.forEach(module -> module.commitLog(sinceNs)));
  }

  /** One module's step, which must not keep the others from theirs. */
  private interface Step {
    void run() throws BpfException;
  }

  private static void guarded(Step step) {
    try {
      step.run();
    } catch (BpfException e) {
      Complaints.say(e.problem() + "; " + e.remedy());
    }
  }

  /** From when on every module's records become events; 0 without a module. */
  public long recordsFromTicks() {
    return modules.stream().mapToLong(module -> module.times().recordsFrom()).max().orElse(0);
  }

  /** Until when every module's records have become events; 0 without a module. */
  public long recordsUntilTicks() {
    return modules.stream().mapToLong(module -> module.times().recordsUntil()).min().orElse(0);
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
      Complaints.say("could not close the readers of threads and memory", e);
    }
  }
}
