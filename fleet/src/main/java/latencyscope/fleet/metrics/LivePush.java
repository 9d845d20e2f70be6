package latencyscope.fleet.metrics;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import latencyscope.cli.capture.CaptureRequest;
import latencyscope.cli.capture.CaptureWait;
import latencyscope.cli.capture.LiveCapture;
import latencyscope.cli.console.Interrupts;
import latencyscope.cli.console.Target;
import latencyscope.cli.console.UserError;
import latencyscope.proc.CpuSet;

/**
 * Captures a process, and sends its totals in intervals. A receiver that is slow or away delays
 * nothing: totals that did not arrive are in the next ones. Used once, by one thread.
 */
public final class LivePush {
  /** Single events are not wanted: the kernel has counted them. */
  private static final Duration NO_EVENTS = Duration.ofMinutes(1);

  private static final Duration FOREVER = Duration.ofDays(36_500);

  /** If this process is killed, a recording in the target ends by itself, after that time. */
  private static final Duration LONGEST_ATTACHED = Duration.ofHours(1);

  /** Counts come about a second after they were asked for. */
  private static final long MOST_FLUSH_NS = 3_000_000_000L;

  private static final long CHECK_MILLIS = 50;
  private static final int MOST_PROBLEMS = 20;

  private final Settings settings;
  private final Sender.Source source;
  private final Sender sender;
  private final Consumer<String> problems;
  private final Set<String> said = new HashSet<>();
  private final Totals totals = new Totals();
  private final AtomicLong flushed = new AtomicLong();
  private long from;

  /**
   * What is wanted.
   *
   * @param target the process
   * @param attach whether the agent is to capture in the target
   * @param interval between two pushes
   * @param duration until the end; null for as long as the target lives
   */
  public record Settings(Target target, boolean attach, Duration interval, Duration duration) {
    private Duration limit() {
      return duration != null ? duration : attach ? LONGEST_ATTACHED : FOREVER;
    }
  }

  /**
   * Of a process.
   *
   * @param problems gets each distinct reason for which totals did not arrive, once
   */
  public LivePush(
      Settings settings, Sender.Source source, Sender sender, Consumer<String> problems) {
    this.settings = settings;
    this.source = source;
    this.sender = sender;
    this.problems = problems;
  }

  /**
   * Captures and sends, until the time is up, the target has ended, or Ctrl-C.
   *
   * @return whether the last totals have arrived
   * @throws UserError if nothing can be captured
   */
  public boolean run() throws UserError {
    CaptureRequest request =
        new CaptureRequest(
            settings.limit(),
            settings.target(),
            CpuSet.EMPTY,
            List.of(),
            null,
            false,
            CaptureRequest.NO_HISTORY);
    Interrupts interrupts = Interrupts.install();
    try (LiveCapture capture =
        LiveCapture.start(
            request,
            settings.attach(),
            new LiveCapture.Thresholds(NO_EVENTS, NO_EVENTS),
            totals::add,
            flushed::set)) {
      if (!new CaptureWait(capture, request).awaitProbes(interrupts)) {
        if (interrupts.asked()) {
          return true;
        }
        throw new UserError("nothing could be captured; latencyscope doctor says why");
      }
      from = LiveCapture.now();
      push(capture, interrupts);
    }
    return arrived();
  }

  private void push(LiveCapture capture, Interrupts interrupts) {
    long end = System.nanoTime() + settings.limit().toNanos();
    boolean begun = false;
    while (System.nanoTime() < end && !interrupts.asked() && settings.target().alive()) {
      long next = Math.min(end, System.nanoTime() + settings.interval().toNanos());
      while (System.nanoTime() < next && !interrupts.asked() && settings.target().alive()) {
        CaptureWait.sleep(CHECK_MILLIS);
      }
      count(capture);
      begun = send();
    }
    // The last totals contain all others, so that they get a second chance.
    if (!sender.await() || !begun) {
      send();
      sender.await();
    }
  }

  /** Asks for the counts until now, and waits until they are there. */
  private void count(LiveCapture capture) {
    long asked = LiveCapture.now();
    long giveUp = System.nanoTime() + MOST_FLUSH_NS;
    capture.report();
    while (flushed.get() <= asked && System.nanoTime() < giveUp) {
      CaptureWait.sleep(CHECK_MILLIS);
    }
    totals.capturedUntil(asked - from);
  }

  private boolean send() {
    String problem = sender.problem();
    if (problem != null) {
      say(problem);
    }
    boolean begun = sender.send(totals, source, from, LiveCapture.now());
    if (!begun) {
      say("it has not answered yet; the next totals contain these");
    }
    return begun;
  }

  private boolean arrived() {
    String problem = sender.problem();
    if (problem != null) {
      say(problem);
    }
    return sender.isIdle() && problem == null;
  }

  private void say(String problem) {
    if (said.size() < MOST_PROBLEMS && said.add(problem)) {
      problems.accept(problem);
    }
  }
}
