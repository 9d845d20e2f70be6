package latencyscope.guest.broker;

import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import jdk.jfr.Event;
import latencyscope.guest.budget.CpuTime;
import latencyscope.guest.channel.Channel;
import latencyscope.guest.channel.Probe;
import latencyscope.guest.event.Threshold;
import latencyscope.guest.event.TickClock;
import latencyscope.guest.evidence.RecordedEvents;
import latencyscope.guest.facts.HostCounters;
import latencyscope.guest.facts.LockNames;
import latencyscope.guest.hotspot.AddressRange;
import latencyscope.guest.hotspot.HotSpotThreads;
import latencyscope.guest.hotspot.RecorderThresholds;
import latencyscope.guest.settings.CaptureSettings;
import latencyscope.guest.settings.Complaints;
import latencyscope.guest.settings.ReadMode;
import latencyscope.guest.thread.JavaThreads;
import latencyscope.guest.thread.WatchedThreads;
import latencyscope.guest.trigger.Triggers;
import latencyscope.guest.wire.AreaReader;
import latencyscope.guest.wire.EventReader;
import latencyscope.guest.wire.EventSchema;
import latencyscope.guest.wire.Messages;
import latencyscope.jfr.KernelEvent;
import latencyscope.jfr.Schema;
import latencyscope.jfr.capture.Exemplar;
import latencyscope.proc.KernelFile;

/**
 * The channel to a broker: another process has the programs in the kernel and decodes their
 * records, this one gives them names, and commits them. Needs no privilege and no native call. Used
 * by one thread at a time.
 */
public final class BrokerChannel implements Channel {
  /** Loading is the kernel's verifier at work, and the host may be busy. */
  private static final long OPEN_MS = 60_000;

  /** New threads are met within this time, and an urgent record read. */
  private static final long PAUSE_MS = 20;

  private static final long SHORT_PAUSE_MS = 5;

  private static final int BATCH = 8_192;

  private final BrokerLink link;
  private final CaptureSettings settings;
  private final TickClock clock;
  private final Triggers triggers;
  private final BrokerEvents events;
  private final String drainThread;
  private final BrokerThreads threads;

  /** Null if another process is the target. */
  private final OwnMemory memory;

  private final LockNames locks;
  private final RecorderThresholds shortEvents;
  private final RecordedEvents recordedEvents = new RecordedEvents(Schema.events());

  /** By the number of the type in the broker's schema. */
  private final List<Type> types = new ArrayList<>();

  private final Map<String, Long> thresholdsNs = new HashMap<>();

  private List<String> modules = List.of();
  private List<Probe> probes = List.of();
  private AreaReader area;
  private ReadMode mode = new ReadMode(false, false, 0);
  private Messages.Wishes sent;
  private Messages.Done done = new Messages.Done(0, 0, 0, 0);
  private long loadingNs;
  private long bornMet;
  private long taken;

  /**
   * A type of the broker's events.
   *
   * @param name its full name
   * @param threshold of the recordings; null for what has none
   */
  private record Type(String name, Threshold threshold) {}

  private BrokerChannel(
      BrokerLink link,
      CaptureSettings settings,
      TickClock clock,
      Instrumentation instrumentation,
      Triggers triggers)
      throws IOException, ReflectiveOperationException, EventReader.GarbageException {
    this.link = link;
    this.settings = settings;
    this.clock = clock;
    this.triggers = triggers;
    EventReader reader = new EventReader(link.schema(), Schema.events());
    // "PID/task/TID"
    drainThread = KernelFile.link(Path.of("/proc/thread-self"));
    boolean own = settings.pid() == CaptureSettings.OWN;
    WatchedThreads watched = new WatchedThreads(settings.threads());
    if (own) {
      watched.leaveOut(Integer.parseInt(drainThread.replaceFirst(".*/", "")));
    }
    for (EventSchema.Type type : link.schema().types()) {
      types.add(new Type("latencyscope." + type.name(), threshold(type.name())));
    }
    locks = LockNames.of(settings);
    shortEvents = RecorderThresholds.of(instrumentation, Schema.events()).orElse(null);
    HotSpotThreads javaThreads = own ? JavaThreads.read(instrumentation) : null;
    threads = new BrokerThreads(CaptureSettings.folder(settings.pid()), javaThreads, watched);
    memory = own ? new OwnMemory(javaThreads) : null;
    events = new BrokerEvents(reader, clock, threads, locks, triggers);
  }

  private static Threshold threshold(String simpleName) throws ReflectiveOperationException {
    Optional<Class<? extends Event>> type = Schema.event(simpleName);
    return type.isPresent()
            && KernelEvent.class.isAssignableFrom(type.get())
            && type.get() != Exemplar.class
        ? new Threshold(type.get().asSubclass(KernelEvent.class))
        : null;
  }

  /**
   * Has a broker load what captures this JVM; takes about a second.
   *
   * @param path of its socket
   * @throws BrokerException if there is none, or if it refuses
   * @throws Exception if this JVM is not what it seemed; nothing is left behind then
   */
  public static BrokerChannel open(
      Path path,
      CaptureSettings settings,
      TickClock clock,
      Instrumentation instrumentation,
      Triggers triggers)
      throws Exception {
    BrokerLink link = null;
    BrokerChannel channel = null;
    boolean opened = false;
    try {
      link = BrokerLink.open(path);
      channel = new BrokerChannel(link, settings, clock, instrumentation, triggers);
      channel.begin();
      opened = true;
      return channel;
    } catch (IOException | EventReader.GarbageException e) {
      throw new BrokerException(
          "what listens at " + path + " does not speak as a broker does (" + e.getMessage() + ")",
          BrokerLink.RESTART);
    } finally {
      if (channel != null && !opened) {
        channel.close();
      } else if (link != null && !opened) {
        link.close();
      }
    }
  }

  private void begin() throws IOException, BrokerException {
    sent = wishes();
    List<String> wanted = Schema.modules().stream().filter(settings::wantsModule).toList();
    Messages.Open open =
        new Messages.Open(
            settings.pid(),
            wanted,
            settings.cpus().toString(),
            settings.networkInterface(),
            settings.historyBytes(),
            settings.probeCost(),
            sent);
    Messages.Opened opened =
        Messages.Opened.read(link.ask(Messages.OPEN, open, Messages.OPENED, OPEN_MS));
    modules = opened.modules();
    probes = opened.probes().stream().map(BrokerChannel::probe).toList();
    loadingNs = opened.loadingNs();
    done = new Messages.Done(0, opened.recordsFromNs(), opened.recordsFromNs(), 0);
    area = new AreaReader(map(Path.of(opened.area())));
    link.confirm(Messages.MAPPED);
    sendRegions();
    recordedEvents.look(this::thresholdNs);
  }

  private static MappedByteBuffer map(Path file) throws IOException, BrokerException {
    try (FileChannel channel = FileChannel.open(file)) {
      return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
    } catch (IOException e) {
      throw new BrokerException(
          "the broker's memory " + file + " cannot be read (" + e.getMessage() + ")",
          "in a container, mount the broker's folder " + file.getParent() + ", too");
    }
  }

  private static Probe probe(Messages.ProbeState state) {
    return new Probe(
        state.module(),
        orNull(state.program()),
        state.state(),
        orNull(state.reason()),
        orNull(state.remedy()));
  }

  private static String orNull(String text) {
    return text.isEmpty() ? null : text;
  }

  /** What the recordings want now, of each type in the broker's schema. */
  private Messages.Wishes wishes() {
    List<Long> all = new ArrayList<>();
    for (Type type : types) {
      long ns = type.threshold() == null ? 0 : thresholdNs(type.threshold().ticks());
      if (ns > 0) {
        ns = Math.min(ns, triggers.longerThanNs(type.name()));
      }
      thresholdsNs.put(type.name(), Math.max(0, ns));
      all.add(ns);
    }
    boolean logs = mode.logs() && shortEvents != null;
    return new Messages.Wishes(mode.streams(), logs, mode.lastNs(), all);
  }

  private long thresholdNs(long ticks) {
    return ticks == Threshold.NOT_ENABLED ? ticks : clock.nsIn(ticks);
  }

  private long thresholdNs(String name) {
    return thresholdsNs.getOrDefault(name, 0L);
  }

  @Override
  public boolean hasEnded() {
    return link.ended() != null;
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
    String ended = link.ended();
    if (ended == null) {
      return probes;
    }
    List<Probe> all = new ArrayList<>(probes);
    all.add(Probe.refused("capture", "broker", ended, BrokerLink.RESTART));
    return all;
  }

  @Override
  public String status() {
    return "capturing "
        + String.join("+", modules)
        + " through the broker at "
        + link.path()
        + ": "
        + taken
        + " events taken";
  }

  @Override
  public void mode(ReadMode wanted) {
    mode = wanted;
    sendWishes();
  }

  private void sendWishes() {
    Messages.Wishes now = wishes();
    if (!now.equals(sent)) {
      link.send(Messages.WISHES, now);
      sent = now;
    }
  }

  @Override
  public boolean isUrgent() {
    return area.pending() > area.capacity() / 4;
  }

  @Override
  public boolean haveWork() {
    return area.pending() > 0;
  }

  @Override
  public long pendingBytes() {
    return area.pending();
  }

  @Override
  public boolean drain(int limit) {
    if (hasEnded() && (modules.isEmpty() || area.pending() == 0)) {
      return false;
    }
    threads.beginBatch();
    int count = 0;
    try {
      count = area.drain(limit, events);
    } catch (EventReader.GarbageException e) {
      modules = List.of();
      link.end(e);
    }
    taken += count;
    if (count > 0) {
      link.send(Messages.POSITION, new Messages.Position(area.position()));
    }
    return count == limit;
  }

  @Override
  public boolean haveThreadsToMeet() {
    return area.born() != bornMet;
  }

  @Override
  public void meetThreads() {
    bornMet = area.born();
    threads.meet();
  }

  @Override
  public void runMaintenance() {
    clock.calibrate();
    sendWishes();
    sendRegions();
    recordedEvents.look(this::thresholdNs);
  }

  private void sendRegions() {
    boolean wanted = memory != null && modules.contains(HostCounters.MODULE);
    List<AddressRange> ranges = wanted ? memory.changed() : null;
    if (ranges != null) {
      link.send(Messages.REGIONS, new Messages.Regions(ranges));
    }
  }

  @Override
  public void beforeOtherWork() {
    // All work is alike.
  }

  @Override
  public long pause(boolean busy, long leftNs) {
    link.pause(busy ? SHORT_PAUSE_MS : PAUSE_MS);
    return TimeUnit.MILLISECONDS.toNanos(PAUSE_MS);
  }

  @Override
  public void wake() {
    // It looks often.
  }

  @Override
  public void moveToDrainCpus() {
    // A thread's CPUs cannot be changed without a native call.
  }

  @Override
  public long drainNs() {
    return CpuTime.ofThread(drainThread) + done.drainNs();
  }

  @Override
  public long loadingNs() {
    return loadingNs;
  }

  @Override
  public void report(long startTicks, long endTicks) {
    locks.fact().commit();
    call(Messages.REPORT, new byte[0]);
  }

  @Override
  public String takeRecordedEvents() {
    recordedEvents.look(this::thresholdNs);
    return recordedEvents.take();
  }

  @Override
  public void complete(boolean withLog) {
    clock.calibrate();
    threads.meet();
    byte[] payload = new Messages.Complete(withLog).payload();
    if (withLog && shortEvents != null) {
      shortEvents.lowered(() -> call(Messages.COMPLETE, payload));
    } else {
      call(Messages.COMPLETE, payload);
    }
    threads.forgetEnded();
  }

  /** Has the broker do something, and takes what comes of it. */
  private void call(byte kind, byte[] payload) {
    Messages.Done answer = link.call(kind, payload, () -> drain(BATCH));
    if (answer != null) {
      done = answer;
    }
    drainAll();
  }

  private void drainAll() {
    while (drain(BATCH)) {
      continue;
    }
  }

  @Override
  public long recordsFromTicks() {
    return clock.ticksAt(done.recordsFromNs());
  }

  @Override
  public long recordsUntilTicks() {
    return clock.ticksAt(done.recordsUntilNs());
  }

  @Override
  public void close() {
    try (link;
        memory) {
      threads.close();
    } catch (IOException e) {
      Complaints.say("could not close the readers of threads and memory", e);
    }
  }
}
