package latencyscope.guest.broker;

import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import jdk.jfr.Event;
import jdk.jfr.Name;
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
import latencyscope.guest.settings.Version;
import latencyscope.guest.thread.JavaThreads;
import latencyscope.guest.thread.ThreadDirectory;
import latencyscope.guest.thread.WatchedThreads;
import latencyscope.guest.trigger.Triggers;
import latencyscope.guest.wire.AreaReader;
import latencyscope.guest.wire.EventReader;
import latencyscope.guest.wire.EventSchema;
import latencyscope.guest.wire.FrameChannel;
import latencyscope.guest.wire.Messages;
import latencyscope.jfr.KernelEvent;
import latencyscope.jfr.OnLock;
import latencyscope.jfr.Schema;
import latencyscope.jfr.capture.Counter;
import latencyscope.jfr.capture.Exemplar;
import latencyscope.jfr.capture.Histogram;
import latencyscope.jfr.capture.HostFact;
import latencyscope.proc.KernelFile;

/**
 * The channel to a broker: another process has the programs in the kernel and decodes their
 * records, this one gives them names, and commits them. Needs no privilege and no native call. Used
 * by one thread at a time.
 */
public final class BrokerChannel implements Channel {
  /** Loading is the kernel's verifier at work, and the host may be busy. */
  private static final long OPEN_MS = 60_000;

  private static final long HELLO_MS = 5_000;
  private static final long CALL_NS = 10_000_000_000L;

  /** New threads are met within this time, and an urgent record read. */
  private static final long PAUSE_MS = 20;

  private static final long SHORT_PAUSE_MS = 5;

  private static final int BATCH = 8_192;

  private static final String RESTART = "start it again as root: latencyscope broker";

  private final Path path;
  private final CaptureSettings settings;
  private final TickClock clock;
  private final Triggers triggers;
  private final FrameChannel frames;
  private final EventSchema schema;
  private final EventReader events;
  private final String drainThread;
  private final WatchedThreads watched;
  private final BrokerThreads threads;

  /** Null if another process is the target. */
  private final OwnMemory memory;

  private final LockNames locks;
  private final RecorderThresholds shortEvents;
  private final RecordedEvents recordedEvents = new RecordedEvents(Schema.events());

  /** By the number of the type in the broker's schema; null for what has no threshold. */
  private final List<Threshold> thresholds = new ArrayList<>();

  private final Map<String, Long> thresholdsNs = new HashMap<>();
  private final AreaReader.Handler handler = this::take;

  private List<String> modules = List.of();
  private List<Probe> probes = List.of();
  private AreaReader area;
  private ReadMode mode = new ReadMode(false, false, 0);
  private Messages.Wishes sent;
  private Messages.Done done = new Messages.Done(0, 0, 0, 0);
  private long loadingNs;
  private long bornMet;
  private long taken;

  /** The recorder's thread may have everything completed while the drain thread pauses. */
  private final ReentrantLock socket = new ReentrantLock();

  /** Why there is no more from it; null as long as there is. */
  private volatile String ended;

  private BrokerChannel(
      Path path,
      CaptureSettings settings,
      TickClock clock,
      Instrumentation instrumentation,
      Triggers triggers,
      FrameChannel frames,
      EventSchema schema)
      throws IOException, ReflectiveOperationException, EventReader.GarbageException {
    this.path = path;
    this.settings = settings;
    this.clock = clock;
    this.triggers = triggers;
    this.frames = frames;
    this.schema = schema;
    events = new EventReader(schema, Schema.events());
    // "PID/task/TID"
    drainThread = KernelFile.link(Path.of("/proc/thread-self"));
    watched = new WatchedThreads(settings.threads());
    if (settings.pid() == CaptureSettings.OWN) {
      watched.leaveOut(Integer.parseInt(drainThread.replaceFirst(".*/", "")));
    }
    for (EventSchema.Type type : schema.types()) {
      thresholds.add(threshold(type.name()));
    }
    locks = LockNames.of(settings);
    shortEvents = RecorderThresholds.of(instrumentation, Schema.events()).orElse(null);
    boolean own = settings.pid() == CaptureSettings.OWN;
    HotSpotThreads javaThreads = own ? JavaThreads.read(instrumentation) : null;
    threads = new BrokerThreads(CaptureSettings.folder(settings.pid()), javaThreads, watched);
    memory = own ? new OwnMemory(javaThreads) : null;
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
    FrameChannel frames = new FrameChannel(BrokerSocket.connect(path), Messages.MOST_OF_BROKER);
    BrokerChannel channel = null;
    boolean opened = false;
    try {
      Messages.Hello hello = new Messages.Hello(Messages.VERSION, Version.ofThisJar());
      frames.send(Messages.HELLO, hello.payload());
      Messages.Welcome welcome = Messages.Welcome.read(answer(frames, Messages.WELCOME, HELLO_MS));
      int theirs = welcome.hello().version();
      if (theirs != Messages.VERSION) {
        throw new BrokerException(
            String.format(
                "the broker at %s is LatencyScope %s with protocol %d, and this is %s with %d",
                path, welcome.hello().product(), theirs, hello.product(), hello.version()),
            "use one version of latencyscope.jar for both");
      }
      channel =
          new BrokerChannel(
              path, settings, clock, instrumentation, triggers, frames, welcome.schema());
      channel.begin();
      opened = true;
      return channel;
    } catch (IOException | EventReader.GarbageException e) {
      throw new BrokerException(
          "what listens at " + path + " does not speak as a broker does (" + e.getMessage() + ")",
          RESTART);
    } finally {
      if (channel != null && !opened) {
        channel.close();
      } else if (!opened) {
        frames.close();
      }
    }
  }

  private static byte[] answer(FrameChannel frames, byte kind, long timeoutMs)
      throws IOException, BrokerException {
    FrameChannel.Frame frame = frames.receive(timeoutMs);
    if (frame == null) {
      throw new IOException("no answer within " + timeoutMs / 1_000 + " s");
    }
    if (frame.kind() == Messages.REFUSED) {
      Messages.Refused refused = Messages.Refused.read(frame.payload());
      throw new BrokerException("the broker refuses: " + refused.reason(), refused.remedy());
    }
    if (frame.kind() != kind) {
      throw new IOException("message " + frame.kind() + " instead of " + kind);
    }
    return frame.payload();
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
    frames.send(Messages.OPEN, open.payload());
    Messages.Opened opened = Messages.Opened.read(answer(frames, Messages.OPENED, OPEN_MS));
    modules = opened.modules();
    probes = opened.probes().stream().map(BrokerChannel::probe).toList();
    loadingNs = opened.loadingNs();
    done = new Messages.Done(0, opened.recordsFromNs(), opened.recordsFromNs(), 0);
    area = new AreaReader(map(Path.of(opened.area())));
    frames.send(Messages.MAPPED, new byte[0]);
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
    for (int i = 0; i < thresholds.size(); i++) {
      long ns = thresholds.get(i) == null ? 0 : thresholdNs(thresholds.get(i).ticks());
      String name = name(i);
      if (ns > 0) {
        ns = Math.min(ns, triggers.longerThanNs(name));
      }
      thresholdsNs.put(name, Math.max(0, ns));
      all.add(ns);
    }
    boolean logs = mode.logs() && shortEvents != null;
    return new Messages.Wishes(mode.streams(), logs, mode.lastNs(), all);
  }

  private long thresholdNs(long ticks) {
    return ticks == Threshold.NOT_ENABLED ? ticks : clock.nsIn(ticks);
  }

  private String name(int type) {
    return "latencyscope." + schema.types().get(type).name();
  }

  private long thresholdNs(String name) {
    return thresholdsNs.getOrDefault(name, 0L);
  }

  @Override
  public boolean hasEnded() {
    return ended != null;
  }

  /** Says it once; what was written until now can still be read. */
  private void end(Exception why) {
    if (ended == null) {
      ended = "the broker at " + path + " is gone (" + why.getMessage() + ")";
      Complaints.say(ended + "; " + RESTART);
    }
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
    if (ended == null) {
      return probes;
    }
    List<Probe> all = new ArrayList<>(probes);
    all.add(Probe.refused("capture", "broker", ended, RESTART));
    return all;
  }

  @Override
  public String status() {
    return "capturing "
        + String.join("+", modules)
        + " through the broker at "
        + path
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
      send(Messages.WISHES, now);
      sent = now;
    }
  }

  private void send(byte kind, Messages.Message message) {
    if (ended != null) {
      return;
    }
    socket.lock();
    try {
      frames.send(kind, message.payload());
    } catch (IOException e) {
      end(e);
    } finally {
      socket.unlock();
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
    if (ended != null && (modules.isEmpty() || area.pending() == 0)) {
      return false;
    }
    threads.beginBatch();
    int count = 0;
    try {
      count = area.drain(limit, handler);
    } catch (EventReader.GarbageException e) {
      modules = List.of();
      end(e);
    }
    taken += count;
    if (count > 0) {
      send(Messages.POSITION, new Messages.Position(area.position()));
    }
    return count == limit;
  }

  private void take(ByteBuffer record) throws EventReader.GarbageException {
    Event event = events.read(record, clock);
    if (event instanceof KernelEvent kernel) {
      take(kernel);
    } else if (event instanceof Counter counter) {
      take(counter);
    } else if (event instanceof Histogram histogram) {
      take(histogram);
    } else if (event instanceof HostFact fact && fact.name.equals(locks.fact().name())) {
      return; // this JVM knows better
    } else if (event != null) {
      event.commit();
    }
  }

  private void take(KernelEvent event) {
    ThreadDirectory.Entry thread = threads.of(event.osThreadId, event.thread);
    if (!thread.watched()) {
      return;
    }
    event.thread = thread.name();
    event.laneThread = thread.thread();
    if (event instanceof OnLock locked) {
      locked.name(locks.lookup());
    }
    event.commit();
    event.laneThread = null; // a thread that ends must not be kept by us
    String name = event.getClass().getAnnotation(Name.class).value();
    if (triggers != Triggers.NONE
        && !event.isOutside()
        && event.kernelDuration > triggers.longerThanNs(name)) {
      triggers.met(name, event.kernelDuration, thread.name());
    }
  }

  private void take(Counter event) {
    ThreadDirectory.Entry thread = threads.of(event.osThreadId, event.thread);
    if (thread.watched()) {
      event.thread = thread.name();
      event.javaThreadId = javaId(thread);
      event.commit();
    }
  }

  private void take(Histogram event) {
    ThreadDirectory.Entry thread = threads.of(event.osThreadId, event.thread);
    if (thread.watched()) {
      event.thread = thread.name();
      event.javaThreadId = javaId(thread);
      event.commit();
    }
  }

  private static long javaId(ThreadDirectory.Entry thread) {
    return thread.thread() == null ? 0 : JavaThreads.idOf(thread.thread());
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
      send(Messages.REGIONS, new Messages.Regions(ranges));
    }
  }

  @Override
  public void beforeOtherWork() {
    // All work is alike.
  }

  @Override
  public void pause(boolean busy) {
    long ms = busy ? SHORT_PAUSE_MS : PAUSE_MS;
    if (ended != null || !socket.tryLock()) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(ms));
      return;
    }
    try {
      FrameChannel.Frame frame = frames.receive(ms);
      if (frame != null) {
        throw unasked(frame);
      }
    } catch (IOException e) {
      end(e);
    } finally {
      socket.unlock();
    }
  }

  private static IOException unasked(FrameChannel.Frame frame) throws IOException {
    return new IOException(
        frame.kind() == Messages.REFUSED
            ? Messages.Refused.read(frame.payload()).reason()
            : "message " + frame.kind());
  }

  @Override
  public long longestPauseNs() {
    return TimeUnit.MILLISECONDS.toNanos(PAUSE_MS);
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
    if (ended != null) {
      drainAll();
      return;
    }
    socket.lock();
    try {
      frames.send(kind, payload);
      done = Messages.Done.read(awaitDone());
    } catch (IOException e) {
      end(e);
    } finally {
      socket.unlock();
    }
    drainAll();
  }

  private byte[] awaitDone() throws IOException {
    long untilNs = System.nanoTime() + CALL_NS;
    while (System.nanoTime() - untilNs < 0) {
      boolean more = drain(BATCH);
      FrameChannel.Frame frame = frames.receive(more ? 0 : SHORT_PAUSE_MS);
      if (frame != null && frame.kind() == Messages.DONE) {
        return frame.payload();
      }
      if (frame != null) {
        throw unasked(frame);
      }
      if (ended != null) {
        throw new IOException(ended);
      }
    }
    throw new IOException("no answer within 10 s");
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
    try (frames;
        memory) {
      threads.close();
    } catch (IOException e) {
      Complaints.say("could not close the readers of threads and memory", e);
    }
  }
}
