package latencyscope.cli.monitor;

import java.nio.charset.Charset;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import latencyscope.cli.console.Console;
import latencyscope.cli.console.UserError;
import latencyscope.monitor.HostLook;
import latencyscope.monitor.LiveModel;
import latencyscope.monitor.OwnCost;
import latencyscope.monitor.Snapshot;
import latencyscope.monitor.View;

/** Shows a live view until it is to end. Used by a single thread. */
public final class Monitor {
  private static final long LOOK_NS = TimeUnit.SECONDS.toNanos(1);
  private static final int HOST_LOOKS = 2;

  /** Each has the recorder begin a new file, whose description its reader takes 100 ms to read. */
  private static final long REPORT_NS = TimeUnit.SECONDS.toNanos(60);

  /** While counts are on the screen. */
  private static final long REPORT_SHOWN_NS = TimeUnit.SECONDS.toNanos(10);

  private static final long KEY_MILLIS = 200;

  /** Ctrl-L. */
  private static final int REDRAW = 12;

  private final Settings settings;
  private final LiveModel model;
  private final Source source;
  private final HostLook host;
  private final OwnCost cost = new OwnCost(Path.of("/proc/self"));
  private final AtomicBoolean changed = new AtomicBoolean(true);
  private final ThresholdControl threshold;
  private long startedAt = System.nanoTime();
  private long lookedAt = startedAt - LOOK_NS;
  private long reportedAt = startedAt;
  private int looks;
  private Duration inForce;
  private boolean counted;
  private boolean ended;

  /**
   * What the screen says of itself.
   *
   * @param target what is watched
   * @param pid the process
   * @param stalls length from which on stalls are sent
   * @param blocked length from which on waits for something are sent
   * @param zone zone of wall-clock times
   */
  public record Settings(String target, long pid, Duration stalls, Duration blocked, ZoneId zone) {}

  /** Where the events come from. */
  public interface Source {
    /**
     * Whether the target has ended.
     *
     * @throws UserError if the capture has
     */
    boolean ended() throws UserError;

    /**
     * Has events sent from other lengths on.
     *
     * @return whether that is possible
     */
    boolean sendFrom(Duration stalls, Duration blocked);

    /** Asks for exact counts, which come as events. */
    void report();

    /** Marks this moment; returns what to say. */
    String mark();

    /** Writes the last minute to a file; returns what to say. */
    String dump();
  }

  /** A view of a model that a source fills. */
  public Monitor(Settings settings, LiveModel model, Source source) {
    this.settings = settings;
    inForce = settings.stalls();
    this.model = model;
    this.source = source;
    threshold = new ThresholdControl(settings.stalls(), startedAt);
    host = new HostLook(Path.of("/proc"), settings.pid());
  }

  /** Whether the view ended because its target did. */
  public boolean targetEnded() {
    return ended;
  }

  /** Says that the model has changed; may be called on any thread. */
  public void modelChanged() {
    changed.set(true);
  }

  /**
   * Shows it on a terminal until a key or somebody else ends it.
   *
   * @param enough whether to end
   */
  public void onTerminal(Console console, BooleanSupplier enough) throws UserError {
    String type = console.environment().getOrDefault("TERM", "dumb");
    Charset charset = console.charset();
    MonitorState state = new MonitorState();
    // The probes took some seconds to load.
    startedAt = System.nanoTime();
    try (TerminalView terminal =
        TerminalView.open(type, charset, console.style().colour(), console.style().ascii())) {
      Snapshot shown = model.snapshot(state.view());
      while (!state.quit() && !enough.getAsBoolean() && !ended) {
        boolean looked = look(state.view().thread() != 0);
        boolean draw = changed.getAndSet(false) || looked || terminal.resized();
        if (draw) {
          shown = state.paused() ? shown : model.snapshot(state.view());
          terminal.show(screen(state, shown));
        }
        int key = terminal.key(KEY_MILLIS);
        if (key >= 0) {
          if (key == REDRAW) {
            terminal.redraw();
          }
          state.key(key, shown, actions());
          // A key that changes what is shown shows it at once, also while paused.
          shown = model.snapshot(state.view());
          terminal.show(screen(state, shown));
        }
      }
    }
  }

  private MonitorState.Actions actions() {
    return new MonitorState.Actions() {
      @Override
      public String mark() {
        return source.mark();
      }

      @Override
      public String dump() {
        return source.dump();
      }
    };
  }

  private Screen screen(MonitorState state, Snapshot shown) {
    return new Screen(header(state.paused(), state.message()), shown, state.selected(shown));
  }

  private Header header(boolean paused, String message) {
    return new Header(
        settings.target(),
        TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - startedAt),
        cost.words(),
        settings.stalls().toNanos(),
        inForce.toNanos(),
        settings.blocked().toNanos(),
        paused,
        message,
        settings.zone());
  }

  /** Every two seconds at the machine, seldom at the exact counts. */
  private boolean look(boolean counts) throws UserError {
    long now = System.nanoTime();
    if (now - lookedAt < LOOK_NS) {
      return false;
    }
    lookedAt = now;
    cost.look(now);
    ended = source.ended();
    if (!ended
        && threshold.costs(cost.percent(), model.events(), now)
        && source.sendFrom(threshold.threshold(), settings.blocked())) {
      inForce = threshold.threshold();
    }
    // It reads a file for each thread: a tenth of the whole cost, if each second.
    if (looks++ % HOST_LOOKS == 0) {
      host.look(model);
    }
    // The first look at a thread has them soon.
    long since = now - reportedAt;
    if (since >= (counts ? REPORT_SHOWN_NS : REPORT_NS) || counts && !counted) {
      reportedAt = now;
      source.report();
    }
    counted = counts;
    return true;
  }

  /**
   * Prints a block of lines for each interval.
   *
   * @param interval time between two of them
   * @param enough whether to end
   */
  public void asText(Console console, Duration interval, BooleanSupplier enough) throws UserError {
    PlainText text = new PlainText();
    startedAt = System.nanoTime();
    View view = new View(nearestWindow(interval), View.Order.LOST, 0);
    long next = System.nanoTime() + interval.toNanos();
    while (!enough.getAsBoolean() && !ended) {
      look(false);
      if (System.nanoTime() - next >= 0) {
        next += interval.toNanos();
        StringBuilder block = new StringBuilder();
        for (String line : text.block(header(false, ""), model.snapshot(view))) {
          block.append(console.style().ascii() ? Words.ascii(line) : line).append('\n');
        }
        console.result(block.append('\n').toString().getBytes(console.charset()));
      }
      try {
        Thread.sleep(KEY_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private static int nearestWindow(Duration interval) {
    long seconds = interval.toSeconds();
    return seconds <= 1 ? 1 : (int) Math.min(seconds, 60);
  }
}
