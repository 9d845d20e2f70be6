package latencyscope.guest.recording;

import java.lang.instrument.Instrumentation;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import jdk.jfr.FlightRecorder;
import jdk.jfr.FlightRecorderListener;
import jdk.jfr.Recording;
import jdk.jfr.RecordingState;
import latencyscope.guest.capture.CaptureSession;
import latencyscope.guest.event.EventCatalog;
import latencyscope.guest.hotspot.Unrecorded;
import latencyscope.guest.settings.AgentOptions;
import latencyscope.guest.settings.CaptureSettings;
import latencyscope.guest.settings.Complaints;
import latencyscope.guest.settings.DaemonThread;
import latencyscope.guest.settings.ReadMode;
import latencyscope.guest.settings.RecordedSettings;
import latencyscope.guest.trigger.Triggers;
import latencyscope.jfr.capture.Capture;
import latencyscope.jfr.capture.CaptureSetting;

/**
 * Captures while, and only while, a recording wants our events.
 *
 * <p>Whatever may have changed that — a recording started, stopped, or changed its settings — leads
 * to {@link #reconcile}, which compares what is wanted with what runs. Safe for use by several
 * threads.
 *
 * <p>The recorder reports changes now and then while it holds its own lock, as in the JVM's last
 * moments. So what it is asked is asked before our lock is taken, never under it: the engine's end
 * must not find us waiting for each other.
 */
final class RecordingSwitch implements FlightRecorderListener {
  /**
   * The recorder's own thread: where it ends a chunk, the chunk is full, and nobody has asked for
   * what it holds (PlatformRecorder.startDiskMonitor, JDK 17 to 25).
   */
  private static final String RECORDER = "JFR Periodic Tasks";

  private static final long SETTLE_MS = 20;
  private static final long WATCH_MS = 1_000;

  private final Instrumentation instrumentation;
  private final ReentrantLock lock = new ReentrantLock();
  private final AtomicBoolean settling = new AtomicBoolean();
  private final AtomicBoolean watching = new AtomicBoolean();
  private final AtomicLong stateChanges = new AtomicLong();
  private final AtomicLong asked = new AtomicLong();
  private long answered;
  private volatile AgentOptions options;
  private Triggers triggers = Triggers.NONE;
  private volatile boolean stopped;
  private String triggerText = "";
  private volatile EventCatalog catalog;
  private volatile CaptureSession session;
  private CaptureSettings settings;

  RecordingSwitch(AgentOptions options, Instrumentation instrumentation) {
    this.instrumentation = instrumentation;
    adopt(options);
  }

  // A command by itself leaves the options as they were; to be loaded again without any resumes.
  private void adopt(AgentOptions newOptions) {
    lock.lock();
    try {
      boolean keeps = newOptions.values().isEmpty() && (newOptions.hasCommand() || stopped);
      Map<String, String> before = options == null || stopped ? null : options.values();
      if (options == null || !keeps) {
        options = newOptions;
      }
      stopped = newOptions.commands().contains(AgentOptions.STOP);
      if (stopped || !options.values().equals(before)) {
        setTriggers(options.value("trigger"));
      }
    } finally {
      lock.unlock();
    }
  }

  private void setTriggers(String conditions) {
    if (triggers != Triggers.NONE) {
      triggers.closeSoon(); // not on the way through the engine's start
    }
    triggers = stopped ? Triggers.NONE : Triggers.of(options, conditions);
    triggerText = conditions;
  }

  /** Replaces the options, as a repeated load of the agent does. */
  void setOptions(AgentOptions newOptions) {
    adopt(newOptions);
    if (FlightRecorder.isInitialized()) {
      reconcile();
    }
  }

  /** Prints on standard error what the agent is doing, for the command status. */
  void sayStatus() {
    CaptureSession running = session;
    System.err.println(
        "LatencyScope: "
            + (running != null
                ? running.status()
                : stopped
                    ? "stopped; load the agent again without 'stop' to continue"
                    : "not capturing: no recording enables latencyscope.* events"));
  }

  // Comes before the first recording's settings are applied: what is registered now obeys them.
  @Override
  public void recorderInitialized(FlightRecorder recorder) {
    Preparation.beginNow(options, instrumentation);
    guarded(
        "could not register its events",
        () -> {
          catalog = EventCatalog.register();
          FlightRecorder.addPeriodicEvent(Capture.class, this::chunkEnds);
          CaptureSetting.onChange(this::reconcileSoon);
        });
    // Recordings that began before the agent was loaded are not announced.
    reconcile();
    watch();
  }

  @Override
  public void recordingStateChanged(Recording recording) {
    stateChanges.incrementAndGet();
    reconcile();
    watch();
  }

  /** Starts, changes or stops the capture, so that it is what the recordings want. */
  void reconcile() {
    guarded("could not follow a recording", () -> reconcile(true));
  }

  /**
   * What the running recordings want.
   *
   * @param number how many times it was asked: what comes from a later question is newer
   * @param settings null if nothing is wanted of the kernel
   * @param mode when records are read
   * @param triggers conditions of the options and of the recordings
   */
  private record Wish(long number, CaptureSettings settings, ReadMode mode, String triggers) {}

  private Wish ask() {
    // Taken first: whatever has led to this question, an answer of this number knows of it.
    long number = asked.incrementAndGet();
    AgentOptions options = this.options;
    RecordedSettings recorded = RecordedSettings.now();
    CaptureSettings settings =
        catalog.anyKernelEventEnabled()
            ? CaptureSettings.inForce(options, recorded, catalog.usedModules())
            : null;
    if (settings != null && !settings.wantsAny()) {
      settings = null; // the recorder has turned the last of them off between the two questions
    }
    return new Wish(
        number,
        settings,
        ReadMode.inForce(options, recorded),
        CaptureSettings.triggers(options, recorded));
  }

  private void reconcile(boolean thresholdsToo) {
    if (catalog == null) {
      return;
    }
    Wish wish = ask();
    lock.lock();
    try {
      if (wish.number < answered) {
        return; // a later answer has been heeded
      }
      answered = wish.number;
      applyWish(wish, thresholdsToo);
    } finally {
      lock.unlock();
    }
  }

  private void applyWish(Wish wish, boolean thresholdsToo) {
    boolean wanted = !stopped && wish.settings != null;
    if (!stopped && !wish.triggers.equals(triggerText)) {
      setTriggers(wish.triggers);
    }
    // Those that another load of the agent has asked for are here already.
    boolean otherTriggers = session != null && session.triggers() != triggers;
    if (session != null && (!wanted || otherTriggers || !wish.settings.equals(settings))) {
      session.stop(wish.settings != null);
      session = null;
    }
    if (wanted && session == null) {
      settings = wish.settings;
      session = CaptureSession.start(settings, wish.mode, instrumentation, triggers);
    } else if (wanted && thresholdsToo) {
      session.readMode(wish.mode);
    }
  }

  // Settings are evaluated one by one: the last of them counts, and none is marked as the last.
  private void reconcileSoon() {
    if (!settling.compareAndSet(false, true)) {
      return;
    }
    DaemonThread.start(
        "latencyscope-settle",
        () -> {
          try {
            TimeUnit.MILLISECONDS.sleep(SETTLE_MS);
          } catch (InterruptedException e) {
            return;
          } finally {
            settling.set(false);
          }
          reconcile();
        });
  }

  // A recording that enables or disables one of our events while it runs notifies nobody. So we
  // look
  // each second whether that has happened, as long as there is a recording.
  private void watch() {
    if (!isRecording() || !watching.compareAndSet(false, true)) {
      return;
    }
    DaemonThread.start(
        "latencyscope-watch",
        () -> {
          Unrecorded.makeCurrentThread(instrumentation);
          try {
            new Watch().whileRecording();
          } catch (InterruptedException e) {
            return; // the engine ends
          } finally {
            watching.set(false);
          }
          watch(); // one may have begun just now
        });
  }

  /**
   * The looks of the thread that watches. Asks the recorder only what may have changed: to ask it
   * for the settings of its recordings takes 16 KB each time, once a second beside an engine.
   */
  private final class Watch {
    private final EventCatalog.Changes changes = catalog == null ? null : catalog.changes();
    private long stateSeen = -1;

    /** The capture whose CPUs the thread keeps to. */
    private CaptureSession joined;

    void whileRecording() throws InterruptedException {
      while (mayRecord()) {
        TimeUnit.MILLISECONDS.sleep(WATCH_MS);
        guarded("could not follow a recording", this::look);
      }
    }

    // Recordings announce their begin and end.
    private boolean mayRecord() {
      long state = stateChanges.get();
      boolean may = state == stateSeen || isRecording();
      stateSeen = state;
      return may;
    }

    // Out of the way first: the first look is at code that is not compiled yet.
    private void look() throws Exception {
      CaptureSession running = session;
      try {
        if (running != null && running != joined && running.moveToDrainCpus()) {
          joined = running;
        }
      } finally {
        if (changes != null && changes.happened()) {
          reconcile(false);
        }
      }
    }
  }

  private static boolean isRecording() {
    return FlightRecorder.isInitialized()
        && FlightRecorder.getFlightRecorder().getRecordings().stream()
            .anyMatch(recording -> recording.getState() == RecordingState.RUNNING);
  }

  // The last moment at which what is committed still gets into the file.
  private void chunkEnds() {
    guarded(
        "could not complete a recording",
        () -> {
          CaptureSession running = session;
          if (running != null) {
            running.completeChunk(!Thread.currentThread().getName().equals(RECORDER));
          }
        });
  }

  private static void guarded(String failure, ThrowingAction action) {
    try {
      action.run();
    } catch (Throwable t) {
      Complaints.say(failure, t);
    }
  }

  /** Something of ours that must not throw into the recorder or the engine. */
  private interface ThrowingAction {
    void run() throws Throwable;
  }
}
