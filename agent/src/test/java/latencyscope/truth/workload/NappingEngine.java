package latencyscope.truth.workload;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import jdk.jfr.Event;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Name;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingStream;

/**
 * An engine whose threads sleep when they are told to, and which knows nothing of any agent but the
 * system property that says how far its capture is.
 *
 * <p>Obeys lines on standard input: {@code naps NAME COUNT MILLIS} (a new thread of that name,
 * which is then parked), {@code churn NAME COUNT} (so many threads, each of which lives for about a
 * millisecond, eight at a time), {@code await STATE}, {@code settle MILLIS} (waits until a capture
 * is up or has failed, or for so long), {@code spins NAME MILLIS} (a new thread of that name, which
 * looks at the clock for so long and then says how often it has, and the longest time between two
 * looks), {@code order MILLIS} (an event of the engine's own, which lasts so long), {@code record
 * FILE MILLIS} (by the engine itself, while a thread named {@code recorded} naps for so long),
 * {@code stream THREAD MILLIS} (says the first switch of that thread that a stream of its own sees,
 * while it naps for so long), {@code enable EVENT} and {@code disable EVENT} (of the recording that
 * runs), {@code leave CODE}. Needs nothing newer than Java 17.
 */
public final class NappingEngine {
  private static final long LIMIT_MS = 60_000;

  private NappingEngine() {}

  /** What an engine may measure of its own. */
  @Name("test.Order")
  public static final class Order extends Event {
    /** Creates an empty event. */
    public Order() {}
  }

  /**
   * Obeys until told to leave.
   *
   * @param args not used
   */
  public static void main(String[] args) throws Exception {
    System.out.println("ready");
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] words = line.split(" ");
      switch (words[0]) {
        case "naps" -> naps(words[1], Integer.parseInt(words[2]), Long.parseLong(words[3]));
        case "churn" -> churn(words[1], Integer.parseInt(words[2]));
        case "await" -> System.out.println("state " + state(LIMIT_MS, words[1]));
        case "settle" -> {
          state(Long.parseLong(words[1]), "capturing", "failed");
          System.out.println("settled");
        }
        case "spins" -> spins(words[1], Long.parseLong(words[2]));
        case "order" -> order(Long.parseLong(words[1]));
        case "record" -> record(words[1], Long.parseLong(words[2]));
        case "stream" -> stream(words[1], Long.parseLong(words[2]));
        case "enable" -> {
          running().enable(words[1]);
          System.out.println("enabled");
        }
        case "disable" -> {
          running().disable(words[1]);
          System.out.println("disabled");
        }
        case "leave" -> System.exit(Integer.parseInt(words[1]));
        default -> throw new IllegalArgumentException(line);
      }
    }
  }

  private static void naps(String name, int count, long millis) throws InterruptedException {
    CountDownLatch napped = new CountDownLatch(1);
    Thread thread =
        new Thread(
            () -> {
              try {
                for (int i = 0; i < count; i++) {
                  Thread.sleep(millis);
                }
                napped.countDown();
                new CountDownLatch(1).await();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            },
            name);
    thread.setDaemon(true);
    thread.start();
    napped.await();
    System.out.println("napped " + name);
  }

  private static void churn(String name, int count) throws InterruptedException {
    Thread[] latest = new Thread[8];
    for (int i = 0; i < count; i++) {
      Thread thread =
          new Thread(
              () -> {
                try {
                  Thread.sleep(1);
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                }
              },
              name + "-" + i);
      thread.start();
      Thread before = latest[i % latest.length];
      if (before != null) {
        before.join();
      }
      latest[i % latest.length] = thread;
    }
    for (Thread thread : latest) {
      thread.join();
    }
    System.out.println("churned " + name);
  }

  private static void spins(String name, long millis) throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    Thread thread =
        new Thread(
            () -> {
              begun.countDown();
              long looks = 0;
              long longest = 0;
              long first = System.nanoTime();
              long last = first;
              while (last - first < millis * 1_000_000) {
                long now = System.nanoTime();
                longest = Math.max(longest, now - last);
                last = now;
                looks++;
              }
              System.out.println("spun " + name + " " + looks + " " + longest);
            },
            name);
    thread.setDaemon(true);
    thread.start();
    begun.await();
    System.out.println("spins " + name);
  }

  private static void order(long millis) throws InterruptedException {
    Order order = new Order();
    order.begin();
    Thread.sleep(millis);
    order.commit();
    System.out.println("ordered");
  }

  private static void record(String file, long millis) throws Exception {
    try (Recording recording = new Recording()) {
      recording.enable("latencyscope.ContextSwitch").withThreshold(Duration.ofMillis(millis / 2));
      recording.start();
      state(LIMIT_MS, "capturing");
      naps("recorded", 1, millis);
      recording.stop();
      recording.dump(Path.of(file));
    }
    System.out.println("recorded");
  }

  private static void stream(String thread, long millis) throws Exception {
    CountDownLatch seen = new CountDownLatch(1);
    try (RecordingStream stream = new RecordingStream()) {
      stream.enable("latencyscope.ContextSwitch").withThreshold(Duration.ofMillis(millis / 2));
      stream.onEvent(
          "latencyscope.ContextSwitch",
          event -> {
            if (thread.equals(event.getString("thread")) && seen.getCount() > 0) {
              System.out.println("streamed " + event.getDuration().toMillis());
              seen.countDown();
            }
          });
      stream.startAsync();
      state(LIMIT_MS, "capturing");
      naps(thread, 1, millis);
      if (!seen.await(LIMIT_MS, TimeUnit.MILLISECONDS)) {
        System.out.println("streamed nothing");
      }
    }
    System.out.println("closed");
  }

  private static Recording running() {
    return FlightRecorder.getFlightRecorder().getRecordings().get(0);
  }

  private static String state(long limitMs, String... wanted) {
    String state = System.getProperty("latencyscope.state", "none");
    for (long waited = 0; waited < limitMs; waited += 10) {
      for (String one : wanted) {
        if (one.equals(state)) {
          return state;
        }
      }
      LockSupport.parkNanos(10_000_000); // a test may look at who sleeps
      state = System.getProperty("latencyscope.state", "none");
    }
    return state;
  }
}
