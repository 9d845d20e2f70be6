package latencyscope.guest.accounts;

import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import jdk.jfr.Event;
import latencyscope.guest.budget.CpuTime;
import latencyscope.guest.channel.Channel;
import latencyscope.guest.channel.ModuleTimes;
import latencyscope.guest.channel.Probe;
import latencyscope.guest.channel.RecorderSink;
import latencyscope.guest.event.EventSink;
import latencyscope.guest.event.ImplicitFields;
import latencyscope.guest.event.TickClock;
import latencyscope.guest.evidence.RecordedEvents;
import latencyscope.guest.evidence.TaskLives;
import latencyscope.guest.settings.CaptureSettings;
import latencyscope.guest.settings.Complaints;
import latencyscope.guest.settings.ReadMode;
import latencyscope.guest.thread.JavaThreads;
import latencyscope.guest.thread.WatchedThreads;
import latencyscope.jfr.KernelEvent;
import latencyscope.jfr.Schema;
import latencyscope.jfr.capture.Counter;
import latencyscope.jfr.capture.Histogram;
import latencyscope.proc.KernelFile;

/**
 * The channel that needs no privilege, no BPF and no native call: exact counts of each thread, from
 * {@code /proc}. There are no single events, no distributions and no culprits, and the recording
 * says so of each module. Used by one thread at a time.
 */
public final class AccountsChannel implements Channel {
  /** What is counted in {@code /proc}, in the order of {@link TaskCounts#MEASURES}. */
  private static final List<String> COUNTED = List.of("isolation", "memory");

  /** Each pause is an event of the flight recorder's own, so they are few. */
  private static final long PAUSE_NS = 250_000_000;

  private final EventSink sink = new RecorderSink(null);
  private final TickClock clock;
  private final List<String> modules;
  private final List<Probe> probes;
  private final List<ModuleTimes> times = new ArrayList<>();
  private final JavaThreads javaThreads;
  private final TaskAccounts tasks;
  private final GroupAccount group;
  private final TaskLives lives;
  private final RecordedEvents recordedEvents = new RecordedEvents(recordable());
  private final String drainThread;
  private final long beganTicks;
  private final Counter event = new Counter();
  private final VarHandle startTime = ImplicitFields.startTime(Counter.class);
  private final VarHandle duration = ImplicitFields.duration(Counter.class);
  private long reportedTicks;

  private AccountsChannel(
      CaptureSettings settings,
      TickClock clock,
      Instrumentation instrumentation,
      List<String> modules,
      List<Probe> probes)
      throws IOException, IllegalAccessException {
    this.clock = clock;
    this.modules = modules;
    this.probes = probes;
    boolean own = settings.pid() == CaptureSettings.OWN;
    long pid = own ? ProcessHandle.current().pid() : settings.pid();
    // "PID/task/TID"
    drainThread = KernelFile.link(Path.of("/proc/thread-self"));
    WatchedThreads watched = new WatchedThreads(settings.threads());
    if (own) {
      watched.leaveOut(Integer.parseInt(drainThread.replaceFirst(".*/", "")));
    }
    javaThreads = own ? JavaThreads.ofThisJvm(instrumentation) : JavaThreads.none();
    tasks = new TaskAccounts(CaptureSettings.folder(settings.pid()), watched, javaThreads);
    group = new GroupAccount(Path.of("/"), own ? "self" : Long.toString(pid), sink);
    lives = new TaskLives(Path.of("/proc"), pid, true, true, sink);
    tasks.look(System.nanoTime());
    beganTicks = clock.nowTicks();
    reportedTicks = beganTicks;
    for (String module : modules) {
      times.add(new ModuleTimes(module, beganTicks, sink));
    }
    recordedEvents.look(name -> 0);
  }

  /** Whether any of the modules that the settings ask for can be counted. */
  public static boolean isOfUse(CaptureSettings settings) {
    return settings.pid() != CaptureSettings.ALL
        && COUNTED.stream().anyMatch(settings::wantsModule);
  }

  /**
   * Begins to count.
   *
   * @param why there is no other channel: a sentence without its full stop
   * @param remedy what helps; null if this is as it was asked for
   * @param others probes that another channel could not put in place, and that are not replaced
   */
  public static AccountsChannel open(
      CaptureSettings settings,
      TickClock clock,
      Instrumentation instrumentation,
      String why,
      String remedy,
      List<Probe> others)
      throws IOException, IllegalAccessException {
    List<String> counted = COUNTED.stream().filter(settings::wantsModule).toList();
    List<Probe> probes = new ArrayList<>(others);
    counted.forEach(module -> probes.add(Probe.accounts(module, why, remedy)));
    for (String module : Schema.modules()) {
      if (settings.wantsModule(module) && !counted.contains(module)) {
        String reason = "/proc has no counts for it: " + why;
        probes.add(new Probe(module, null, "unavailable", reason, remedy));
      }
    }
    return new AccountsChannel(settings, clock, instrumentation, counted, List.copyOf(probes));
  }

  /** What may be in the recording: its absence then means something. */
  private static List<Class<? extends Event>> recordable() {
    return Schema.events().stream()
        .filter(type -> !KernelEvent.class.isAssignableFrom(type) && type != Histogram.class)
        .toList();
  }

  @Override
  public boolean isEmpty() {
    return modules.isEmpty();
  }

  @Override
  public List<String> modules() {
    return modules;
  }

  @Override
  public List<Probe> probes() {
    return probes;
  }

  @Override
  public String status() {
    return "counting " + String.join("+", modules) + " from /proc alone, without culprits";
  }

  @Override
  public void mode(ReadMode wanted) {
    // There are no records to read.
  }

  @Override
  public boolean isUrgent() {
    return false;
  }

  @Override
  public boolean haveWork() {
    return false;
  }

  @Override
  public long pendingBytes() {
    return 0;
  }

  @Override
  public boolean drain(int limit) {
    return false;
  }

  @Override
  public boolean haveThreadsToMeet() {
    return false;
  }

  @Override
  public void meetThreads() {
    // They are named when they are looked at.
  }

  @Override
  public void runMaintenance() {
    clock.calibrate();
    tasks.lookIfDue(System.nanoTime());
    recordedEvents.look(name -> 0);
  }

  @Override
  public void beforeOtherWork() {
    // All work is alike.
  }

  @Override
  public long pause(boolean busy, long leftNs) {
    LockSupport.parkNanos(PAUSE_NS);
    return PAUSE_NS;
  }

  @Override
  public void wake() {
    // It looks four times a second.
  }

  @Override
  public void moveToDrainCpus() {
    // A thread's CPUs cannot be changed without a native call.
  }

  @Override
  public long drainNs() {
    return CpuTime.ofThread(drainThread);
  }

  @Override
  public long loadingNs() {
    return 0;
  }

  @Override
  public void report(long startTicks, long endTicks) {
    // What it costs, the capture itself reports.
  }

  @Override
  public String takeRecordedEvents() {
    recordedEvents.look(name -> 0);
    return recordedEvents.take();
  }

  @Override
  public void complete(boolean withLog) {
    lives.commit();
    clock.calibrate();
    tasks.look(System.nanoTime());
    long now = clock.nowTicks();
    tasks.report((id, name, javaId, measure, by) -> commit(id, name, javaId, measure, by, now));
    group.commit(modules, reportedTicks, now);
    times.forEach(module -> {
      module.counted(now);
      module.commit();
    });
    reportedTicks = now;
  }

  private void commit(
      int osThreadId, String name, long javaThreadId, String measure, long value, long now) {
    boolean ofIsolation = TaskCounts.MEASURES.indexOf(measure) < TaskCounts.OF_ISOLATION;
    String module = COUNTED.get(ofIsolation ? 0 : 1);
    if (!modules.contains(module)) {
      return;
    }
    startTime.set(event, reportedTicks);
    duration.set(event, Math.max(1, now - reportedTicks));
    event.module = module;
    event.measure = measure;
    event.thread = name;
    event.osThreadId = osThreadId;
    event.javaThreadId = javaThreadId;
    event.cpu = -1;
    event.value = value;
    event.commit();
  }

  // No record is read, so that the absence of an event proves nothing at any time.
  @Override
  public long recordsFromTicks() {
    return beganTicks;
  }

  @Override
  public long recordsUntilTicks() {
    return beganTicks;
  }

  @Override
  public void close() {
    try {
      javaThreads.close();
    } catch (IOException e) {
      Complaints.say("could not close the reader of threads", e);
    }
  }
}
