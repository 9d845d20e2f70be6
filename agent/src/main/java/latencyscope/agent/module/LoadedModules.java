package latencyscope.agent.module;

import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import latencyscope.agent.memory.TargetMemory;
import latencyscope.bpf.error.BpfException;
import latencyscope.bpf.kernel.Kernel;
import latencyscope.bpf.kernel.NativeThread;
import latencyscope.bpf.kernel.WallClock;
import latencyscope.bpf.libbpf.RunTimeAccounting;
import latencyscope.guest.budget.CostBudget;
import latencyscope.guest.budget.CpuTime;
import latencyscope.guest.budget.EventFlow;
import latencyscope.guest.channel.Channel;
import latencyscope.guest.channel.Probe;
import latencyscope.guest.event.EventSink;
import latencyscope.guest.event.TickClock;
import latencyscope.guest.evidence.RecordedEvents;
import latencyscope.guest.facts.HostCounters;
import latencyscope.guest.facts.HostFacts;
import latencyscope.guest.hotspot.AddressRange;
import latencyscope.guest.settings.CaptureSettings;
import latencyscope.guest.settings.Complaints;
import latencyscope.guest.settings.ReadMode;
import latencyscope.guest.thread.WatchedThreads;
import latencyscope.guest.trigger.Triggers;
import latencyscope.jfr.Schema;
import latencyscope.proc.CpuSet;

/**
 * The in-memory channel: the modules of one capture in this JVM, drained and kept in turn. A module
 * that cannot be loaded is reported and left out; the others work. Used by one thread at a time.
 */
public final class LoadedModules implements Channel {
  private static final int POLL_US = 5_000;

  /**
   * Between two rounds. Each costs some CPU time and perhaps somebody's cache, so not too often;
   * the more it finds, the longer it keeps a CPU that the engine may want, so not too seldom.
   */
  private static final int IDLE_US = 20_000;

  private static final long IDLE_NS = IDLE_US * 1_000L;

  /** Of streams of another process, which come out once a second. */
  private static final long OUTSIDE_NS = 100_000_000;

  private static final int BUSY_US = 5_000;

  private final List<KernelModule> modules = new ArrayList<>();
  private final List<Probe> probes = new ArrayList<>();
  private final EventSink sink;
  private final ProbeCosts costs;
  private final DrainTurns turns = new DrainTurns();
  private CaptureContext context;

  /** Between two rounds where records are wanted at once. */
  private long streamPauseNs = IDLE_NS;

  /** Null where the programs cannot wake the drain thread. */
  private volatile Wakeups wakeups;

  private int drainThread;
  private CpuSet drainCpus = CpuSet.EMPTY;
  private long loadingNs;
  private CostBudget budget;

  /** Whether the user has asked for that budget: else it is for a ring that overflows. */
  private boolean budgetIsAsked;

  /** Null unless the user has asked for it and the kernel does it. */
  private RunTimeAccounting accounting;

  private final RecordedEvents recordedEvents;

  /** Types of the modules' events, by name. */
  private final Map<String, EventFlow> flows = new HashMap<>();

  /** Made once: it is needed each second. */
  private final ToLongFunction<String> thresholdNs = this::thresholdNs;

  private long drained;

  /** Whether a ring has, in the second before the last maintenance. */
  private boolean overflowed;

  private ReadMode mode = new ReadMode(true, false, 0);

  /** CPU time of the drain thread that records took. */
  private long recordsNs;

  private LoadedModules(EventSink sink) {
    this.sink = sink;
    costs = new ProbeCosts(sink);
    recordedEvents = new RecordedEvents(sink.recordable());
  }

  /** Loads and attaches every module that the settings ask for. */
  public static LoadedModules load(
      CaptureSettings settings,
      TickClock clock,
      Instrumentation instrumentation,
      Triggers triggers,
      EventSink sink)
      throws IOException, IllegalAccessException {
    WatchedThreads watched = new WatchedThreads(settings.threads());
    LoadedModules all = new LoadedModules(sink);
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
        loading =
            new ModuleLoader(settings, context, watched, instrumentation, sink.isTarget())
                .begin(wanted);
      }
    } catch (BpfException e) {
      all.probes.add(LoadProblems.refused(e));
    }
    try {
      all.context = CaptureContext.of(settings, clock, instrumentation, watched, triggers, sink);
      context.complete(all.context);
    } finally {
      context.cancel(false); // nobody may wait for what failed
    }
    if (!loading.isEmpty() && settings.pid() == CaptureSettings.OWN) {
      WarmUp.runOnceASecondWork(settings.pid());
    }
    all.await(loading);
    all.openWakeups();
    all.streamPauseNs = settings.pid() == CaptureSettings.OWN ? IDLE_NS : OUTSIDE_NS;
    all.limitDrainCost(settings);
    return all;
  }

  private void openWakeups() {
    if (isEmpty()) {
      return;
    }
    try {
      wakeups =
          new Wakeups(
              modules.stream().map(KernelModule::object).toList(), context.clock()::kernelNow);
    } catch (BpfException e) {
      Complaints.say("it looks for records 50 times a second: " + e.problem() + "; " + e.remedy());
    }
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
      probes.add(Probe.refused("capture", "stats", e.problem(), e.remedy()));
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

  @Override
  public boolean isEmpty() {
    return modules.isEmpty();
  }

  @Override
  public List<String> modules() {
    return modules.stream().map(KernelModule::name).toList();
  }

  @Override
  public List<Probe> probes() {
    return probes;
  }

  @Override
  public void report(long startTicks, long endTicks) {
    sink.commit(context.locks().fact().event());
    sink.commit(context.stacks().fact().event());
    sink.commit(logMemory().event());
    WallClock.read().ifPresent(this::reportWallClock);
    // Runs and run time may be counted at this capture's wish, or at somebody else's.
    boolean counted = accounting != null || Kernel.running().countsRunTime();
    for (KernelModule module : modules) {
      for (Probe probe : probes) {
        if (probe.isAttached() && probe.module().equals(module.name())) {
          costs.commit(module, probe.program(), counted);
        }
      }
    }
    if (modules().contains(HostCounters.MODULE)) {
      reportPlacement(startTicks, endTicks);
    }
  }

  private void reportWallClock(WallClock clock) {
    String synced = clock.isSynchronized() ? "synchronized" : "not synchronized";
    reportFact("wall_clock", synced);
    reportFact("wall_clock_offset_ns", Long.toString(clock.offsetNs()));
    reportFact("wall_clock_maximum_error_ns", Long.toString(clock.maximumErrorNs()));
    reportFact("wall_clock_estimated_error_ns", Long.toString(clock.estimatedErrorNs()));
    reportFact("wall_clock_status", "0x" + Integer.toHexString(clock.status()));
  }

  private void reportFact(String name, String value) {
    sink.commit(new HostFacts.Fact(name, value, "adjtimex(2)").event());
  }

  /** How much kernel memory the logs of all modules take, in bytes. */
  private HostFacts.Fact logMemory() {
    long bytes = modules.stream().mapToLong(KernelModule::logBytes).sum();
    return new HostFacts.Fact("history_bytes", Long.toString(bytes), "the agent's option history");
  }

  @Override
  public void moveToDrainCpus() throws BpfException {
    if (!isEmpty()) {
      NativeThread.waitForTurn();
      NativeThread.confineTo(drainCpus);
    }
  }

  /**
   * {@inheritDoc}
   *
   * <p>Where records are read once a second, it sleeps until {@link #IDLE_US} before that, for a
   * look: what was there at that look is then read. It is woken sooner if the programs have
   * something that cannot wait.
   */
  @Override
  public long pause(boolean busy, long leftNs) {
    if (isEmpty()) {
      long restNs = Math.max(leftNs, 0);
      LockSupport.parkNanos(restNs); // perhaps because native calls are forbidden
      return restNs;
    }
    long untilReadNs = mode.streams() ? streamPauseNs : leftNs - IDLE_NS;
    // No program says that a thread which is being born can be found by now.
    long sleepNs = Math.min(untilReadNs, context.threads().untilRetryNs());
    if (busy || wakeups == null || sleepNs <= IDLE_NS) {
      NativeThread.pause(busy ? BUSY_US : IDLE_US);
      return IDLE_NS;
    }
    wakeups.arm();
    if (any(KernelModule::hasNews)) {
      wakeups.disarm();
      NativeThread.pause(IDLE_US);
      return IDLE_NS;
    }
    return wakeups.await(sleepNs);
  }

  @Override
  public void wake() {
    Wakeups all = wakeups;
    if (all != null) {
      all.wake();
    }
  }

  @Override
  public void beforeOtherWork() {
    turns.beforeOtherWork();
  }

  @Override
  public long drainNs() {
    return CpuTime.ofThread("self/task/" + drainThread);
  }

  @Override
  public long loadingNs() {
    return loadingNs;
  }

  // Some reads of memory: no lock, and no system call.
  @Override
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

  @Override
  public void mode(ReadMode wanted) {
    mode = wanted;
    context.threads().remember(wanted.logs() ? wanted.lastNs() : 0);
    for (int i = 0; i < modules.size(); i++) {
      modules.get(i).log(wanted.logs() && sink.takesShortEvents());
    }
  }

  // Some reads of memory: no lock, and no system call.
  @Override
  public boolean isUrgent() {
    boolean urgent = false;
    for (int i = 0; i < modules.size(); i++) { // each is asked: it takes note of what it has seen
      urgent |= modules.get(i).look();
    }
    return urgent;
  }

  @Override
  public boolean haveThreadsToMeet() {
    return any(KernelModule::hasThreadsToMeet) || context.threads().isRetryDue();
  }

  @Override
  public void meetThreads() {
    turns.beforeRecords();
    context.threads().beginBatch();
    for (int i = 0; i < modules.size(); i++) {
      modules.get(i).meetThreads();
    }
  }

  @Override
  public boolean drain(int limit) {
    if (modules.isEmpty()) {
      return false; // perhaps because native calls are forbidden
    }
    turns.beforeRecords();
    try {
      return drainModules(limit);
    } catch (BpfException e) {
      Complaints.say(e.problem() + "; " + e.remedy());
      return false;
    }
  }

  private boolean drainModules(int limit) throws BpfException {
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

  @Override
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
  private void reportPlacement(long startTicks, long endTicks) {
    if (context.pages().nodes().hasPlacement()) {
      context.pages().nodes().commitPlacement(context.memory().ranges(), startTicks, endTicks);
    }
  }

  /** Of the fullest ring. */
  @Override
  public long pendingBytes() {
    long most = 0;
    for (int i = 0; i < modules.size(); i++) {
      most = Math.max(most, modules.get(i).pendingBytes());
    }
    return most;
  }

  /**
   * {@inheritDoc}
   *
   * <p>Allocates nothing as long as there are no new tasks and the target's memory is mapped as it
   * was: see {@code OwnThreadsIT}.
   */
  @Override
  public void runMaintenance() {
    turns.beforeOtherWork();
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
    turns.look();
  }

  @Override
  public String takeRecordedEvents() {
    recordedEvents.look(thresholdNs);
    return recordedEvents.take();
  }

  private long thresholdNs(String eventName) {
    EventFlow flow = flows.get(eventName);
    return flow == null ? 0 : Math.max(flow.thresholdNs(), flow.floorNs());
  }

  /**
   * {@inheritDoc}
   *
   * <p>Records are read last of all, once more and quickly: what is not read when a chunk ends is
   * unknown to its reader.
   */
  @Override
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
    if (!mode.logs() || !sink.takesShortEvents()) {
      return;
    }
    long lastNs = mode.lastNs();
    long sinceNs = lastNs == ReadMode.ALL ? 0 : context.clock().kernelNow() - lastNs;
    sink.withShortEvents(() -> modules.forEach(module -> module.commitLog(sinceNs)));
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

  @Override
  public long recordsFromTicks() {
    return modules.stream().mapToLong(module -> module.times().recordsFrom()).max().orElse(0);
  }

  @Override
  public long recordsUntilTicks() {
    return modules.stream().mapToLong(module -> module.times().recordsUntil()).min().orElse(0);
  }

  /** Takes what the target says of its memory, if it is another process. */
  public void memory(List<AddressRange> ranges) {
    context.memory().said(ranges);
  }

  @Override
  public void close() {
    if (wakeups != null) {
      wakeups.close();
    }
    modules.forEach(KernelModule::close);
    modules.clear();
    if (accounting != null) {
      accounting.close();
    }
    try (TargetMemory _ = context.memory();
        JavaStacks _ = context.stacks()) {
      context.threads().close();
    } catch (IOException e) {
      Complaints.say("could not close the readers of threads, stacks and memory", e);
    }
  }
}
