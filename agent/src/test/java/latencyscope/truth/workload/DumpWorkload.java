package latencyscope.truth.workload;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import jdk.jfr.Event;
import jdk.jfr.Name;
import jdk.jfr.Recording;
import jdk.jfr.StackTrace;

/**
 * A JVM in which one thread holds a monitor for 25 ms at a time and another one enters it, while
 * the recording is dumped. Each entry is a window with the kernel's account of it.
 *
 * <p>Says when it starts the recording, when all modules are attached, and of each dump when it was
 * asked for and when it was there; all in nanoseconds since the epoch.
 */
public final class DumpWorkload {
  private static final int DUMPS = 5;
  private static final long HELD_MS = 25;

  private final Object monitor = new Object();
  private volatile boolean stopped;
  private volatile long entered;

  /** An entry into the monitor; what {@code schedstat} says of its thread meanwhile. */
  @Name("test.Entry")
  @StackTrace(false)
  static final class Entry extends Event {
    long ranNs;
  }

  /** Argument: the recording; with a second one it ends before any module is attached. */
  public static void main(String[] args) throws Exception {
    new DumpWorkload().run(Path.of(args[0]), args.length > 1);
  }

  private void run(Path file, boolean brief) throws Exception {
    try (Recording recording = new Recording()) {
      recording.enable("latencyscope.ContextSwitch").withThreshold(Duration.ZERO);
      recording.enable("test.Entry").withThreshold(Duration.ZERO);
      System.out.println("starting " + now());
      recording.start();
      if (!brief) {
        Capturing.await();
        System.out.println("capturing " + now());
        dump(recording, file);
      }
      recording.stop();
      recording.dump(file);
      System.out.println("done");
    }
  }

  private void dump(Recording recording, Path file) throws Exception {
    Thread holder = Thread.ofPlatform().daemon().name("holder").start(this::hold);
    Thread wanter = Thread.ofPlatform().daemon().name("wanter").start(this::enter);
    for (int i = 0; i < DUMPS; i++) {
      Thread.sleep(200 + 5 * i); // at another moment of the holder's turn each time
      long asked = now();
      recording.dump(file.resolveSibling("dump-" + i + ".jfr"));
      System.out.println("dump " + asked + " " + now());
    }
    stopped = true;
    wanter.join();
    holder.join();
  }

  private void hold() {
    try {
      while (!stopped) {
        synchronized (monitor) {
          Thread.sleep(HELD_MS);
        }
        Thread.sleep(2);
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void enter() {
    try {
      Path schedstat = Path.of("/proc/thread-self").toRealPath().resolve("schedstat");
      while (!stopped) {
        Entry entry = new Entry();
        long before = ranNs(schedstat);
        entry.begin();
        synchronized (monitor) {
          entered++;
        }
        entry.end();
        entry.ranNs = ranNs(schedstat) - before;
        entry.commit();
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(1);
        while (System.nanoTime() < until) {
          Thread.onSpinWait();
        }
      }
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static long ranNs(Path schedstat) throws Exception {
    return Long.parseLong(Files.readString(schedstat).split(" ")[0]);
  }

  private static long now() {
    Instant now = Instant.now();
    return TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
  }
}
