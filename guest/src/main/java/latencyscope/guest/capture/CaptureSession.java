package latencyscope.guest.capture;

import java.lang.instrument.Instrumentation;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import latencyscope.guest.channel.Channel;
import latencyscope.guest.channel.Hosts;
import latencyscope.guest.channel.Probe;
import latencyscope.guest.event.TickClock;
import latencyscope.guest.settings.CaptureSettings;
import latencyscope.guest.settings.Complaints;
import latencyscope.guest.settings.DaemonThread;
import latencyscope.guest.settings.ReadMode;
import latencyscope.guest.trigger.Triggers;
import latencyscope.jfr.capture.DrainStall;

/**
 * One capture, from opening a channel until it is closed again.
 *
 * <p>All of it happens on one daemon thread, so that neither the engine nor the thread that starts
 * a recording waits for the kernel; only {@link #completeChunk} works on the recorder's thread,
 * under the same lock. {@link #STATE} shows the command line in this JVM the state of the capture.
 */
public final class CaptureSession {
  /** System property: {@code starting}, {@code capturing}, {@code failed} or {@code stopped}. */
  static final String STATE = "latencyscope.state";

  /** System property: why a capture ended before its time, for the command line to say. */
  static final String FAILURE = "latencyscope.failure";

  private static final int BATCH = 8192;

  /** A sixteenth of a ring: from here on rounds follow each other faster. */
  private static final long BUSY_BYTES = 512 << 10;

  private static final long HALF_A_RING = 8 * BUSY_BYTES;

  private static final long SETTLE_NS = 1_000_000;
  private static final long HOUSEKEEPING_NS = 1_000_000_000;
  private static final long STOP_MS = 2_000;

  /** How long this JVM's recorder waits for us where it is no engine's, but the command line's. */
  private static final long OUTSIDE_STOP_MS = 60_000;

  /** Beyond this the drain thread was kept from its work; the rings hold far more than it. */
  private static final long STREAM_STALL_NS = 100_000_000;

  /** Where records are read once a second it matters to nobody that they are a little older. */
  private static final long STALL_NS = 500_000_000;

  /** Two turns of reading. What is read later may be about threads that are long gone. */
  private static final long HARMLESS_STALL_NS = 2 * HOUSEKEEPING_NS;

  /** The one that was started last: it alone says how far the capture has come. */
  private static volatile CaptureSession latest;

  /** Whose modules must be gone first; null once they are. */
  private CaptureSession previous;

  private final CaptureSettings settings;
  private final Instrumentation instrumentation;
  private final Triggers triggers;

  /** Fair, or else a drain thread that always has more to do would never let the recorder in. */
  private final ReentrantLock work = new ReentrantLock(true);

  private final Thread thread;
  private volatile boolean stopping;
  private volatile boolean recordedOn;
  private volatile boolean thresholdsChanged;
  private volatile ReadMode readMode;
  private DrainStall stall = new DrainStall();
  private long roundAtNs;

  /** How long the pause of this round was to take. */
  private long pauseNs;

  /** Null while it is being opened, and after the end. */
  private volatile Channel channel;

  private CaptureReport report;
  private TickClock clock;
  private final long startedAtNs = System.nanoTime();
  private volatile boolean loading = true;

  private CaptureSession(
      CaptureSettings settings,
      ReadMode readMode,
      Instrumentation instrumentation,
      Triggers triggers) {
    this.triggers = triggers;
    this.readMode = effective(readMode);
    this.settings = settings;
    this.instrumentation = instrumentation;
    thread = DaemonThread.of("latencyscope-drain", this::run);
  }

  /** Starts capturing; returns at once. */
  public static CaptureSession start(
      CaptureSettings settings,
      ReadMode readMode,
      Instrumentation instrumentation,
      Triggers triggers) {
    CaptureSession session = new CaptureSession(settings, readMode, instrumentation, triggers);
    session.previous = latest;
    latest = session;
    session.say("starting");
    session.thread.start();
    return session;
  }

  private void say(String state) {
    if (latest == this) {
      System.setProperty(STATE, state);
    }
  }

  /**
   * Moves the calling thread, one of ours, to where the drain thread may run; says whether that is
   * where it may stay.
   */
  public boolean moveToDrainCpus() throws Exception {
    Channel open = channel;
    if (open == null) {
      // That thread is busy opening it, and is where it will stay.
      if (Hosts.missing().isEmpty()) {
        Hosts.inThisJvm().leaveMonitoredCpus(settings, instrumentation);
      }
    } else {
      open.moveToDrainCpus();
    }
    return open != null;
  }

  /**
   * Has the recordings' thresholds, and their wishes for the log, taken over by the kernel side.
   */
  public void readMode(ReadMode wanted) {
    readMode = effective(wanted);
    thresholdsChanged = true;
    wake();
  }

  /**
   * Commits everything up to now, while what is committed still gets into the chunk.
   *
   * @param asked whether somebody wants to have the recording: then the last seconds are added at
   *     full resolution
   */
  public void completeChunk(boolean asked) throws InterruptedException {
    if (channel == null) {
      reportLoading(); // there are no events, and the reader has to know why
      return;
    }
    // Bounded: the recorder holds its lock while it waits for us.
    long limitMs = settings.pid() == CaptureSettings.OWN ? STOP_MS : OUTSIDE_STOP_MS;
    if (!work.tryLock(limitMs, TimeUnit.MILLISECONDS)) {
      Complaints.say("a chunk of the recording ends before the last events could be added");
      return;
    }
    try {
      if (channel != null && !stopping) {
        commitAll(asked);
      }
    } finally {
      work.unlock();
    }
  }

  private void reportLoading() {
    if (!loading) {
      return;
    }
    Probe.loading(
            String.format(
                Locale.ROOT,
                "The agent was loading its modules for %,d ms when this recording ended: nothing"
                    + " was measured.",
                (System.nanoTime() - startedAtNs) / 1_000_000),
            "Record for longer: modules take a second to load, and more on a busy host.")
        .commit();
  }

  private void commitAll(boolean withLog) {
    work.lock();
    try {
      report.commit(channel, withLog);
    } finally {
      work.unlock();
    }
  }

  /** What watches for conditions among the events of this capture. */
  public Triggers triggers() {
    return triggers;
  }

  /**
   * Stops capturing; when it returns, nothing of it is left in the kernel.
   *
   * @param stillRecorded whether recordings go on: then what was captured until now gets into them,
   *     which the end of their chunk would bring about too late
   */
  public void stop(boolean stillRecorded) {
    recordedOn = stillRecorded;
    stopping = true;
    LockSupport.unpark(thread); // it may be in a long pause
    wake();
    try {
      thread.join(STOP_MS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** What is being captured, in a sentence. */
  public String status() {
    work.lock();
    try {
      return channel == null ? "loading its modules" : channel.status();
    } finally {
      work.unlock();
    }
  }

  private void run() {
    try {
      awaitPrevious();
      if (setUp()) {
        say(channel.isEmpty() ? "failed" : "capturing");
        loop();
        channel.beforeOtherWork();
        if (recordedOn) {
          commitAll(true);
        }
      }
    } catch (Throwable t) {
      Complaints.say("the capture has ended early", t);
      System.setProperty(FAILURE, t.getMessage() == null ? t.toString() : t.getMessage());
    } finally {
      tearDown();
    }
  }

  // The stopping thread did not wait for long, and it may have been loading still.
  private void awaitPrevious() throws InterruptedException {
    if (previous != null) {
      previous.thread.join();
      previous = null;
    }
  }

  private boolean setUp() throws Exception {
    work.lock();
    try {
      clock = new TickClock();
      // The recorder instruments our events when the recording that wants them really starts.
      while (!clock.calibrate()) {
        if (stopping) {
          return false;
        }
        LockSupport.parkNanos(SETTLE_NS);
      }
      report = new CaptureReport(settings, clock);
      channel = Channels.open(settings, clock, instrumentation, triggers);
      channel.mode(readMode);
      loading = false;
      if (stopping) {
        return false;
      }
      report.begin(channel);
      return true;
    } finally {
      work.unlock();
    }
  }

  private void loop() throws Exception {
    long housekeepingAtNs = System.nanoTime();
    beginRound();
    while (!stopping) {
      long now = System.nanoTime();
      boolean runMaintenance = thresholdsChanged || now - housekeepingAtNs >= HOUSEKEEPING_NS;
      housekeepingAtNs = runMaintenance ? now : housekeepingAtNs;
      boolean batch = channel.isUrgent() | runMaintenance;
      boolean more = (batch || readMode.streams() && channel.haveWork()) && drain(runMaintenance);
      if (!more && channel.haveThreadsToMeet()) {
        meetThreads();
      }
      if (!more) {
        pause(HOUSEKEEPING_NS - (System.nanoTime() - housekeepingAtNs));
      }
      endRound();
      if (channel.hasEnded()) {
        reopen();
      }
    }
  }

  /** Goes on with another channel where one is gone. */
  private void reopen() throws Exception {
    work.lock();
    try {
      report.commit(channel, false); // what it has left
      channel.close();
      channel = Channels.open(settings, clock, instrumentation, triggers);
      channel.mode(readMode);
      report.begin(channel);
    } finally {
      work.unlock();
    }
    beginRound();
  }

  /** Says whether there may be more. */
  private boolean drain(boolean runMaintenance) {
    work.lock();
    try {
      if (runMaintenance) {
        thresholdsChanged = false;
        channel.mode(readMode);
        channel.runMaintenance();
      }
      return channel.drain(BATCH);
    } catch (RuntimeException e) {
      Complaints.say("could not convert a record to an event", e);
    } finally {
      work.unlock();
    }
    return false;
  }

  private void meetThreads() {
    work.lock();
    try {
      channel.meetThreads();
    } finally {
      work.unlock();
    }
  }

  /** A trigger's file is written some time after it was met, and is about what came before. */
  private ReadMode effective(ReadMode mode) {
    boolean back = triggers != Triggers.NONE && mode.lastNs() != ReadMode.ALL;
    return back
        ? new ReadMode(mode.streams(), mode.logs(), mode.lastNs() + Triggers.AFTERMATH_NS)
        : mode;
  }

  private void wake() {
    Channel open = channel;
    if (open != null) {
      open.wake();
    }
  }

  private void pause(long leftNs) {
    pauseNs = channel.pause(readMode.streams() && channel.pendingBytes() > BUSY_BYTES, leftNs);
  }

  private void beginRound() {
    pauseNs = 0;
    stall.begin();
    roundAtNs = System.nanoTime();
  }

  // Work and pause together: it may be kept from its CPU in either.
  private void endRound() {
    boolean streams = readMode.streams();
    long stallNs = System.nanoTime() - roundAtNs - pauseNs;
    if (stallNs > (streams ? STREAM_STALL_NS : STALL_NS)) {
      channel.beforeOtherWork();
      stall.pending = channel.pendingBytes();
      stall.harmless = !streams && stallNs < HARMLESS_STALL_NS && stall.pending < HALF_A_RING;
      stall.commit();
      stall = new DrainStall();
    }
    beginRound();
  }

  private void tearDown() {
    loading = false;
    work.lock();
    try {
      if (channel != null) {
        channel.close();
        channel = null;
      }
    } catch (RuntimeException e) {
      Complaints.say("could not unload the modules from the kernel", e);
    } finally {
      work.unlock();
      say("stopped");
    }
  }
}
