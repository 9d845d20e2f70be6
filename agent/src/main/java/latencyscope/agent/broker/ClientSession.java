package latencyscope.agent.broker;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import latencyscope.agent.module.LoadedModules;
import latencyscope.guest.channel.Probe;
import latencyscope.guest.event.TickClock;
import latencyscope.guest.settings.CaptureSettings;
import latencyscope.guest.settings.HistorySize;
import latencyscope.guest.settings.ReadMode;
import latencyscope.guest.settings.Version;
import latencyscope.guest.trigger.Triggers;
import latencyscope.guest.wire.AreaWriter;
import latencyscope.guest.wire.EventWriter;
import latencyscope.guest.wire.FrameChannel;
import latencyscope.guest.wire.Messages;
import latencyscope.jfr.Schema;
import latencyscope.proc.CpuSet;

/**
 * One client, from its first word until its socket closes: has programs loaded for its process, and
 * writes their events into memory that it reads. All of it happens on one thread.
 */
final class ClientSession {
  private static final long FIRST_WORD_MS = 5_000;
  private static final long PAUSE_MS = 20;
  private static final long MAINTENANCE_NS = 1_000_000_000;
  private static final int BATCH = 8_192;

  /** Batches until the client is listened to again. */
  private static final int BATCHES = 16;

  /** Frames a second: a client that reads as fast as it can sends a tenth of it. */
  private static final int MOST_FRAMES = 2_000;

  /** Of these, those that cost the broker some work. */
  private static final int MOST_CALLS = 20;

  /** How long a client that asked for everything may let us wait for room, for each second. */
  private static final long ROOM_NS = 500_000_000;

  private static final long ROOM_PAUSE_MS = 5;

  private static final int LONGEST_TEXT = 2_000;

  /** Kernel memory for the logs of one client, bytes. */
  private static final long MOST_HISTORY = 64 << 20;

  private final FrameChannel frames;
  private final Peer peer;
  private final Path folder;
  private final TickClock clock = TickClock.ofKernel();
  private final EventWriter writer;
  private ClientTarget target;
  private SharedArea memory;
  private AreaWriter area;
  private ClientSink sink;
  private LoadedModules modules;
  private ReadMode mode = new ReadMode(false, false, 0);
  private boolean maintain;
  private boolean completing;
  private long reportedUntilNs;
  private int framesThisSecond;
  private int callsThisSecond;
  private long roomLeftNs;

  /**
   * A client that has connected.
   *
   * @param folder where its memory is to be
   */
  ClientSession(FrameChannel frames, Peer peer, Path folder) throws ReflectiveOperationException {
    this.frames = frames;
    this.peer = peer;
    this.folder = folder;
    writer = new EventWriter(Schema.events());
  }

  /**
   * Serves it until it has gone.
   *
   * @throws RefusedException if it is not served, or not any longer
   * @throws IOException if it does not speak as a client does
   */
  void serve() throws IOException, RefusedException, IllegalAccessException {
    try {
      welcome();
      open();
      loop();
    } catch (EOFException gone) {
      return;
    } catch (UncheckedIOException e) {
      throw e.getCause();
    } finally {
      close();
    }
  }

  private void close() throws IOException {
    try {
      if (modules != null) {
        modules.close();
      }
    } finally {
      if (memory != null) {
        memory.close();
      }
    }
  }

  private byte[] first(byte kind) throws IOException {
    FrameChannel.Frame frame = frames.receive(FIRST_WORD_MS);
    if (frame == null || frame.kind() != kind) {
      throw new IOException(
          frame == null ? "it says nothing" : "message " + frame.kind() + " instead of " + kind);
    }
    return frame.payload();
  }

  private void welcome() throws IOException {
    Messages.Hello.read(first(Messages.HELLO));
    Messages.Hello own = new Messages.Hello(Messages.VERSION, Version.ofThisJar());
    // The client says which of the two is to be renewed.
    frames.send(Messages.WELCOME, new Messages.Welcome(own, writer.schema()).payload());
  }

  private void open() throws IOException, RefusedException, IllegalAccessException {
    Messages.Open open = Messages.Open.read(first(Messages.OPEN));
    target = ClientTarget.of(peer, open.pid());
    memory = new SharedArea(folder);
    area = new AreaWriter(memory.memory());
    sink = new ClientSink(writer, area, clock, target, this::waitForRoom);
    wishes(open.wishes());
    modules = LoadedModules.load(settings(open), clock, null, Triggers.NONE, sink);
    target.check(); // its id may be another one's by now
    if (modules.isEmpty()) {
      throw refusal(modules.probes());
    }
    reportedUntilNs = clock.kernelNow();
    frames.send(
        Messages.OPENED,
        new Messages.Opened(
                memory.file().toString(),
                modules.modules(),
                modules.probes().stream().map(ClientSession::state).toList(),
                modules.recordsFromTicks(),
                modules.loadingNs())
            .payload());
  }

  private static RefusedException refusal(List<Probe> probes) {
    return probes.stream()
        .filter(probe -> probe.program() == null && probe.reason() != null)
        .findFirst()
        .map(probe ->
            new RefusedException(
                probe.reason(),
                probe.remedy() == null ? "see the broker's standard error" : probe.remedy()))
        .orElseGet(() -> new RefusedException("no module was asked for", "set modules=all"));
  }

  private CaptureSettings settings(Messages.Open open) throws RefusedException {
    if (open.modules().isEmpty() || !Schema.modules().containsAll(open.modules())) {
      throw new RefusedException(
          "this broker's modules are " + String.join(", ", Schema.modules()),
          "use one version of latencyscope.jar for both");
    }
    long history =
        HistorySize.bytes(
            open.historyBytes(), Runtime.getRuntime().availableProcessors(), Path.of("/"));
    List<String> problems =
        open.probeCost()
            ? List.of("stats=on is the administrator's: bpftool prog profile, as root")
            : List.of();
    return new CaptureSettings(
        target.pid(),
        Set.copyOf(open.modules()),
        Set.of(),
        List.of(),
        cpus(open.cpus()),
        open.networkInterface(),
        CpuSet.EMPTY,
        0,
        false,
        Math.max(0, Math.min(history, MOST_HISTORY)),
        false,
        "",
        false,
        problems);
  }

  private static CpuSet cpus(String text) throws RefusedException {
    try {
      return text.isEmpty() ? CpuSet.EMPTY : CpuSet.parse(text);
    } catch (IllegalArgumentException e) {
      throw new RefusedException("cpus: " + e.getMessage(), "set cpus=4-7, for example");
    }
  }

  private static Messages.ProbeState state(Probe probe) {
    return new Messages.ProbeState(
        probe.module(),
        text(probe.program()),
        probe.state(),
        text(probe.reason()),
        text(probe.remedy()));
  }

  private static String text(String text) {
    return text == null ? "" : text.substring(0, Math.min(LONGEST_TEXT, text.length()));
  }

  private void loop() throws IOException, RefusedException {
    long maintainedNs = System.nanoTime();
    while (true) {
      listen();
      long now = System.nanoTime();
      boolean second = now - maintainedNs >= MAINTENANCE_NS;
      boolean batch = modules.isUrgent() | maintain | second;
      if (second) {
        maintainedNs = now;
        beginSecond();
      }
      if (second || maintain) {
        maintain = false;
        modules.runMaintenance();
        sink.reportLost();
      }
      boolean more = batch || mode.streams() && modules.haveWork();
      for (int i = 0; i < BATCHES && more; i++) {
        more = modules.drain(BATCH);
      }
      if (modules.haveThreadsToMeet()) {
        modules.meetThreads();
        area.threadsWereBorn();
      }
    }
  }

  private void beginSecond() throws RefusedException {
    target.check();
    framesThisSecond = 0;
    callsThisSecond = 0;
    roomLeftNs = ROOM_NS;
  }

  private void listen() throws IOException, RefusedException {
    FrameChannel.Frame frame = frames.receive(PAUSE_MS);
    while (frame != null) {
      take(frame);
      frame = frames.receive(0);
    }
  }

  private void take(FrameChannel.Frame frame) throws IOException, RefusedException {
    if (++framesThisSecond > MOST_FRAMES) {
      throw new RefusedException(
          "more than " + MOST_FRAMES + " messages in a second", "use LatencyScope's own agent");
    }
    switch (frame.kind()) {
      case Messages.MAPPED -> memory.forgetName();
      case Messages.POSITION -> position(Messages.Position.read(frame.payload()));
      case Messages.REGIONS -> {
        countCall();
        modules.memory(Messages.Regions.read(frame.payload()).ranges());
        maintain = true;
      }
      case Messages.WISHES -> {
        countCall();
        wishes(Messages.Wishes.read(frame.payload()));
      }
      case Messages.REPORT -> {
        countCall();
        long now = clock.kernelNow();
        modules.report(reportedUntilNs, now);
        reportedUntilNs = now;
        done();
      }
      case Messages.COMPLETE -> {
        countCall();
        complete(Messages.Complete.read(frame.payload()).withLog());
      }
      default -> throw new IOException("message " + frame.kind());
    }
  }

  private void countCall() throws RefusedException {
    if (++callsThisSecond > MOST_CALLS) {
      throw new RefusedException(
          "more than " + MOST_CALLS + " requests in a second", "use LatencyScope's own agent");
    }
  }

  private void position(Messages.Position position) throws IOException {
    if (!area.readUntil(position.bytes())) {
      throw new IOException("it has read " + position.bytes() + " bytes of " + area.written());
    }
  }

  private void wishes(Messages.Wishes wishes) throws IOException {
    if (!sink.thresholdsNs(wishes.thresholdsNs())) {
      throw new IOException(wishes.thresholdsNs().size() + " thresholds");
    }
    mode = new ReadMode(wishes.streams(), wishes.logs(), Math.max(0, wishes.lastNs()));
    maintain = true;
    if (modules != null) {
      modules.mode(mode);
    }
  }

  private void complete(boolean withLog) throws IOException {
    completing = true;
    try {
      modules.complete(withLog);
      sink.reportLost();
    } finally {
      completing = false;
    }
    done();
  }

  private void done() throws IOException {
    frames.send(
        Messages.DONE,
        new Messages.Done(
                area.written(),
                modules.recordsFromTicks(),
                modules.recordsUntilTicks(),
                modules.drainNs())
            .payload());
  }

  /** Only a client that asked for everything is waited for, and not for long. */
  private boolean waitForRoom() {
    if (!completing || roomLeftNs <= 0) {
      return false;
    }
    long beforeNs = System.nanoTime();
    try {
      FrameChannel.Frame frame = frames.receive(ROOM_PAUSE_MS);
      if (frame != null && frame.kind() == Messages.POSITION) {
        position(Messages.Position.read(frame.payload()));
      } else if (frame != null) {
        throw new IOException("message " + frame.kind() + " before an answer");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    roomLeftNs -= Math.max(TimeUnit.MICROSECONDS.toNanos(1), System.nanoTime() - beforeNs);
    return true;
  }
}
