package latencyscope.agent.module;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import jdk.jfr.Name;
import latencyscope.agent.account.ModuleSizes;
import latencyscope.agent.account.SubjectAccount;
import latencyscope.agent.account.ThreadAccount;
import latencyscope.agent.event.CNames;
import latencyscope.agent.event.EventClass;
import latencyscope.agent.memory.RegionTable;
import latencyscope.bpf.btf.ObjectFile;
import latencyscope.bpf.btf.Struct;
import latencyscope.bpf.error.BpfException;
import latencyscope.bpf.error.CorruptRingException;
import latencyscope.bpf.kernel.NativeThread;
import latencyscope.bpf.libbpf.KernelSymbols;
import latencyscope.bpf.libbpf.LoadedObject;
import latencyscope.bpf.ring.RingReader;
import latencyscope.guest.budget.EventFlow;
import latencyscope.guest.channel.ModuleTimes;
import latencyscope.guest.event.EventSink;
import latencyscope.guest.event.Threshold;
import latencyscope.guest.facts.HostAccount;
import latencyscope.guest.thread.ThreadDirectory;
import latencyscope.jfr.KernelEvent;

/**
 * One module at work in the kernel: its records become events, its thresholds follow the
 * recordings, its measures are reported.
 *
 * <p>Used by one thread at a time; the session sees to that.
 */
public final class KernelModule implements AutoCloseable {
  private static final String RING = "ls_events";

  /** A producer that was interrupted, by a hypervisor at worst, needs so long at most. */
  private static final int BUSY_ATTEMPTS = 20;

  private static final int BUSY_PAUSE_US = 100;

  private final String name;
  private final LoadedObject object;
  private final ModuleSizes sizes;
  private final CaptureContext context;
  private final RingReader ring;
  private final Map<Long, Struct> structs;
  private final EventFlow[] flows;
  private final EventSink.Wanted[] thresholds;
  private final long[] thresholdTicks;
  private final MemorySegment thresholdsNs;
  private final MemorySegment worst;
  private final ModuleLosses losses;
  private final ThreadDirectory.OfModule directory;
  private final ThreadAccount threads;

  /** Null if the module measures threads alone. */
  private final SubjectAccount subjects;

  /** Null if the module does not ask what memory is used for. */
  private final RegionTable regions;

  private final ModuleRecords records;

  /** Null if the module takes no stacks, or if nobody could read them. */
  private final ModuleStacks stacks;

  private final ModuleTimes times;
  private final List<HostAccount> hostAccounts;
  private final MemorySegment loggedFromNs;
  private final MemorySegment triggersNs;
  private final MemorySegment triggersMet;

  /** Null if nothing is logged, and before the programs are attached. */
  private ModuleLog log;

  private boolean logs;

  /** From when on the log was read since {@link #takeHeld}. */
  private long logFromNs = Long.MAX_VALUE;

  private long triggersMetSeen;

  /** Whether a trigger's condition was met at the last look: its record is taken at the next. */
  private boolean triggerMet;

  /** Where the ring's producers were at the last look, and at the one before that. */
  private long seenAt;

  private long settledAt;

  KernelModule(
      String name, LoadedObject object, ObjectFile file, ModuleSizes sizes, CaptureContext context)
      throws BpfException, ReflectiveOperationException {
    this.name = name;
    this.object = object;
    this.sizes = sizes;
    this.context = context;
    ring = object.ring(RING);
    structs = recordsByNumber(file);
    thresholds = new EventSink.Wanted[structs.size()];
    thresholdTicks = new long[structs.size()];
    flows = new EventFlow[structs.size()];
    for (Map.Entry<Long, Struct> entry : structs.entrySet()) {
      int number = Math.toIntExact(entry.getKey());
      Class<? extends KernelEvent> event = EventClass.of(entry.getValue());
      thresholds[number] = context.sink().wanted(event);
      flows[number] = new EventFlow(event.getAnnotation(Name.class).value(), () -> taken(number));
    }
    thresholdsNs = object.variable("threshold_ns");
    loggedFromNs = object.variable("logged_from_ns");
    triggersNs = object.variable("trigger_ns");
    triggersMet = object.variable("triggers_met");
    losses =
        new ModuleLosses(name, flows, object.variable("lost"), structs.values(), context.sink());
    worst = object.variable("worst_of");
    directory = context.threads().ofModule();
    threads =
        new ThreadAccount(name, object, file, sizes, directory, context.strings(), context.sink());
    subjects = SubjectAccount.of(name, object, file, sizes.subjects(), context.sink());
    regions = RegionTable.of(object, file);
    hostAccounts =
        context.hostAccounts().stream().filter(account -> account.module().equals(name)).toList();
    stacks = ModuleStacks.of(object, file, context);
    records = new ModuleRecords(name, structs, context, directory, threads::mute);
    refreshMemory(true);
    adoptThresholds();
    times = new ModuleTimes(name, context.clock().nowTicks(), context.sink());
  }

  /** Structures by the number that their records carry, from the module's {@code enum record}. */
  static Map<Long, Struct> recordsByNumber(ObjectFile file) {
    Map<Long, Struct> records = new TreeMap<>();
    file.enumeration("record")
        .values()
        .forEach((constant, number) -> records.put(number, file.struct(CNames.struct(constant))));
    return records;
  }

  /**
   * Does what the programs can begin without: to be called once they are attached, and before the
   * first drain.
   */
  void complete() throws BpfException, ReflectiveOperationException {
    times.attached(context.clock().nowTicks());
    Struct any = structs.values().iterator().next();
    log = ModuleLog.of(name, object, any, context.sink());
    hostAccounts.forEach(HostAccount::begin);
    object.variable("watched_since_ns").set(ValueLayout.JAVA_LONG, 0, context.clock().kernelNow());
    if (KernelSymbols.areResolvedBy(object)) {
      context.strings().symbols(KernelSymbols.of(object));
    }
    threads.handOutRest(sizes);
  }

  /**
   * Runs what the drain thread will run for this module, see {@link WarmUp}. To be called before
   * the programs are attached, and by a thread that the flight recorder leaves out: what comes of
   * it are no events.
   *
   * @return for {@link #warmUpOn}
   */
  WarmUp warmUp() throws CorruptRingException {
    Map<Long, Struct> wanted = new TreeMap<>(structs);
    wanted.keySet().removeIf(number -> thresholdNs(number.intValue()) == Threshold.NOT_ENABLED);
    WarmUp warmUp = new WarmUp(wanted, this::longEnoughNs, context.clock().kernelNow());
    warmUp.drain(records, WarmUp.TURNS_BEFORE);
    for (int i = 0; i < WarmUp.LOOKS; i++) {
      adoptThresholds();
      refreshMemory(false);
      reportLosses();
    }
    return warmUp;
  }

  /** The rest of it, when nobody waits for this module's first event any more. */
  void warmUpOn(WarmUp warmUp) throws CorruptRingException {
    warmUp.drain(records, WarmUp.TURNS_AFTER);
    records.forget();
  }

  /** Long enough for an event to be recorded, and too short to pull a trigger. */
  private long longEnoughNs(int record) {
    long longerNs = flows[record].thresholdNs() + flows[record].thresholdNs() / 100 + 1;
    return Math.min(longerNs, context.triggers().longerThanNs(flows[record].eventName()));
  }

  private long taken(int number) {
    return records.taken(number);
  }

  public String name() {
    return name;
  }

  public LoadedObject object() {
    return object;
  }

  /** The module's types of event, whose floors {@link #adoptThresholds} takes over. */
  List<EventFlow> flows() {
    return List.of(flows);
  }

  /** Writes the recordings' thresholds and the floors to where the programs read them. */
  void adoptThresholds() {
    boolean risen = false;
    for (int i = 0; i < thresholds.length; i++) {
      long longerNs = context.triggers().longerThanNs(flows[i].eventName());
      long ticks = thresholds[i].ticks();
      // Not enabled is the highest. In ticks: each calibration moves the nanoseconds a little.
      risen |= Long.compareUnsigned(ticks, thresholdTicks[i]) > 0;
      thresholdTicks[i] = ticks;
      thresholdsNs.setAtIndex(ValueLayout.JAVA_LONG, i, thresholdNs(i));
      loggedFromNs.setAtIndex(ValueLayout.JAVA_LONG, i, logs ? 0 : Threshold.NOT_ENABLED);
      triggersNs.setAtIndex(ValueLayout.JAVA_LONG, i, longerNs);
    }
    if (logs && risen) {
      // What was kept for the sake of the lower threshold, and is not read yet, is no event now.
      log.begin(context.clock().kernelNow());
    }
  }

  /** Says whether what is below the thresholds is to be logged. */
  void log(boolean wanted) {
    boolean before = logs;
    logs = wanted && log != null;
    if (logs == before) {
      return;
    }
    records.hold(logs);
    adoptThresholds();
    if (logs) {
      log.begin(context.clock().kernelNow()); // now that the programs know
    }
  }

  /** Turns records that were held back for the log's sake into exemplars, if it had them not. */
  void takeHeld() {
    records.takeHeld(logFromNs);
    logFromNs = Long.MAX_VALUE;
  }

  /** Bytes of kernel memory that the log takes; 0 if there is none. */
  long logBytes() {
    return log == null ? 0 : log.capacityBytes();
  }

  /** Turns what the log has, and the ring has not had, into events; see {@link ModuleLog}. */
  void commitLog(long sinceNs) {
    if (logs) {
      logFromNs = log.commit(sinceNs, records.past(), context.clock());
    }
  }

  /** Whether a record has come since the last call that meets a trigger's condition. */
  private boolean hasMetTrigger() {
    long now = triggersMet.get(ValueLayout.JAVA_LONG, 0);
    boolean met = now != triggersMetSeen;
    triggersMetSeen = now;
    return met;
  }

  /**
   * Updates the programs' map of the target's memory, if that may have changed.
   *
   * @param mayHaveChanged what its size says; memory that was mapped in another's place it does not
   */
  void refreshMemory(boolean mayHaveChanged) {
    if (regions != null && (mayHaveChanged || regions.isStale())) {
      regions.write(context.memory().ranges());
    }
  }

  private long thresholdNs(int record) {
    EventFlow flow = flows[record];
    long ticks = thresholdTicks[record];
    // All ones is the kernel side's "not enabled", and also what -1 is.
    if (ticks == Threshold.NOT_ENABLED || ticks == 0) {
      flow.threshold(0);
      return ticks;
    }
    flow.threshold(context.clock().nsIn(ticks));
    long wantedNs = Math.max(flow.floorNs(), flow.thresholdNs());
    return Math.min(wantedNs, context.triggers().longerThanNs(flow.eventName()));
  }

  long pendingBytes() {
    return ring.pendingBytes();
  }

  /** Whether there are records, or threads that have ended. */
  boolean hasWork() {
    return ring.pendingBytes() > 0 || threads.haveThreadsEnded();
  }

  /**
   * Looks how far the producers are, which {@link #drain} goes by. Some reads of memory.
   *
   * @return whether records, or slots of ended threads, should be taken before it is time for all
   */
  boolean look() {
    settledAt = seenAt;
    long pending = ring.pendingBytes();
    seenAt = ring.consumedBytes() + pending;
    boolean metBefore = triggerMet;
    triggerMet = hasMetTrigger();
    return triggerMet
        || metBefore
        || pending > ring.capacityBytes() / 2
        || stacks != null && stacks.isFull()
        || threads.haveManyEnded();
  }

  /**
   * Whether there is something that cannot wait for the next second. Unlike {@link #look}, takes no
   * note of it.
   */
  boolean hasNews() {
    return threads.isToMeet()
        || threads.haveManyEnded()
        || triggerMet
        || triggersMet.get(ValueLayout.JAVA_LONG, 0) != triggersMetSeen
        || ring.pendingBytes() > ring.capacityBytes() / 2
        || stacks != null && stacks.isFull();
  }

  /** Takes the names of threads that were not known yet, while they live. */
  void meetThreads() {
    threads.meet();
  }

  /** Whether there are threads that were not met yet; not those born since the last look. */
  boolean hasThreadsToMeet() {
    return threads.haveBeenBorn();
  }

  /**
   * Turns at most {@code limit} records into events; says how many there were.
   *
   * <p>Takes only what was there at the look before the last: a thread that is just being born then
   * has had the time to become a Java thread, under whose name its first events belong.
   */
  int drain(int limit) throws BpfException {
    long bytes = settledAt - ring.consumedBytes();
    if (bytes <= 0) {
      return 0;
    }
    try {
      takeStacks();
      return ring.drain(records, limit, bytes);
    } catch (CorruptRingException e) {
      losses.skipped(e.skippedBytes());
      throw e;
    }
  }

  // A copy is there before its record is.
  private void takeStacks() throws CorruptRingException {
    if (stacks != null) {
      stacks.drain();
    }
  }

  /** Empties the slots of threads that have ended, if there are any. */
  void retireThreads() throws BpfException {
    if (threads.haveThreadsEnded()) {
      // First what they sent: afterwards their slot numbers mean other threads.
      drainAll();
      threads.retire(times.countedUntil(), context.clock().nowTicks());
    }
  }

  /**
   * Turns all records that are in the ring now into events: from then on it is known what happened
   * until now. A record that its producer has not finished holds back those behind it; without them
   * nothing more is known than before.
   */
  void drainAll() throws BpfException {
    long now = context.clock().nowTicks();
    long consumed = ring.consumedBytes();
    // No more than is there now: a ring that fills as fast must not hold us, and a thread that
    // waits for
    // the end of a chunk.
    long end = consumed + ring.pendingBytes();
    for (int attempt = 0; attempt < BUSY_ATTEMPTS; attempt++) {
      takeStacks();
      ring.drain(records, Integer.MAX_VALUE, end - ring.consumedBytes());
      if (end - ring.consumedBytes() <= 0) {
        times.drained(now);
        return;
      }
      NativeThread.pause(BUSY_PAUSE_US);
    }
  }

  /** Reports what was measured since the last call; the longest of each record are then anew. */
  void reportMeasures() {
    long from = times.countedUntil();
    long now = context.clock().nowTicks();
    hostAccounts.forEach(account -> account.commit(from, now));
    threads.report(from, now);
    if (subjects != null) {
      subjects.report(from, now);
    }
    times.counted(now);
    worst.fill((byte) 0);
  }

  /** When the module counted, and what is known of that time. */
  ModuleTimes times() {
    return times;
  }

  /** Reports losses since the last call; says whether the ring has overflowed. */
  boolean reportLosses() {
    boolean overflowed = losses.report(records);
    losses.ofThreads(threads, subjects);
    return overflowed;
  }

  @Override
  public void close() {
    object.close();
  }
}
