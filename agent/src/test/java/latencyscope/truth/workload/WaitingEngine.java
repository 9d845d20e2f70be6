package latencyscope.truth.workload;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import jdk.jfr.Recording;

/**
 * A JVM whose threads wait a known number of times, each for a known reason, ended by a known
 * thread; and otherwise spin.
 *
 * <p>Says {@code ready}, waits for {@code go}, says {@code done}, waits for {@code stop}.
 */
public final class WaitingEngine {
  /** How often each thread waits. */
  public static final int TIMES = 50;

  /** Long enough that it is not over before the thread has gone to sleep, on a busy host, too. */
  private static final long NAP_MS = 20;

  private static final long SPIN_MS = 2;

  /** How often threads queue up for a lock. */
  public static final int CONVOYS = 10;

  /** How many queue up. */
  public static final int QUEUED = 3;

  private static final long HELD_MS = 20;
  private static final Duration SAMPLED_EACH = Duration.ofMillis(10);

  private final AtomicInteger asked = new AtomicInteger();
  private final AtomicInteger done = new AtomicInteger();
  private final ReentrantLock lock = new ReentrantLock();
  private final Object monitor = new Object();
  private volatile boolean held;
  private volatile Thread waiter;
  private volatile long waiterId;
  private volatile long sleepsBefore;

  private WaitingEngine() {}

  /** Something that a thread does. */
  private interface Step {
    void run() throws Exception;
  }

  /**
   * Runs one load.
   *
   * @param args recording to write; load
   */
  public static void main(String[] args) throws Exception {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    boolean quiet = args[1].equals("quiet");
    if (quiet) {
      // Before the capture: a thread that is born takes locks of the JVM.
      startQuietThreads();
    }
    try (Recording recording = new Recording()) {
      for (String event :
          List.of(
              "latencyscope.FutexWait",
              "latencyscope.BlockingSyscall",
              "latencyscope.Sleep",
              "jdk.ThreadSleep",
              "jdk.ThreadPark",
              "jdk.JavaMonitorEnter",
              "jdk.JavaMonitorWait")) {
        recording.enable(event).withThreshold(Duration.ZERO);
      }
      recording.enable("jdk.ActiveSetting");
      if (args[1].equals("sampled")) {
        recording.enable("jdk.ExecutionSample").withPeriod(SAMPLED_EACH);
      }
      recording.start();
      Capturing.await();
      System.out.println("ready");
      expect(in, "go");
      if (quiet) {
        Thread.sleep(1_500);
      } else {
        new WaitingEngine().load(args[1]);
      }
      System.out.println("done");
      expect(in, "stop");
      recording.stop();
      recording.dump(Path.of(args[0]));
    }
    System.exit(0); // what is quiet has no end
  }

  private static void expect(BufferedReader in, String word) throws IOException {
    String line = in.readLine();
    if (!word.equals(line)) {
      throw new IllegalStateException("expected " + word + ", got " + line);
    }
  }

  private void load(String name) throws Exception {
    switch (name) {
      case "sleep" -> play(() -> Thread.sleep(NAP_MS), () -> {});
      case "park-timed" -> play(() -> LockSupport.parkNanos(NAP_MS * 1_000_000), () -> {});
      case "lock" -> play(this::takeLock, this::holdLock);
      case "monitor" -> play(this::enterMonitor, this::holdMonitor);
      case "sampled" ->
          play(
              () -> {
                LockSupport.parkNanos(NAP_MS * 1_000_000);
                spin(SPIN_MS * 10);
              },
              () -> {});
      case "wait" -> play(this::await, this::awake);
      case "convoy" -> new Convoys().play();
      default -> throw new IllegalArgumentException(name);
    }
  }

  /** One thread waits and spins in turn; the other does what ends its waits. */
  private void play(Step wait, Step other) throws InterruptedException {
    Thread first =
        start(
            "waiter",
            () -> {
              waiter = Thread.currentThread();
              waiterId = self();
              for (int i = 0; i < TIMES; i++) {
                sleepsBefore = sleeps(waiterId);
                asked.incrementAndGet();
                wait.run();
                done.incrementAndGet();
                spin(SPIN_MS);
              }
            });
    Thread partner =
        start(
            "partner",
            () -> {
              for (int i = 0; i < TIMES; i++) {
                spinUntil(asked, i + 1);
                other.run();
                spinUntil(done, i + 1);
              }
            });
    first.join();
    partner.join();
  }

  private void takeLock() {
    spinUntilHeld();
    lock.lock();
    held = false;
    lock.unlock();
  }

  private void holdLock() throws Exception {
    lock.lock();
    held = true;
    awaitSleep();
    lock.unlock();
  }

  private void enterMonitor() {
    spinUntilHeld();
    synchronized (monitor) {
      held = false;
    }
  }

  private void holdMonitor() throws Exception {
    synchronized (monitor) {
      held = true;
      awaitSleep();
    }
  }

  private void await() throws InterruptedException {
    synchronized (monitor) {
      held = true;
      while (held) {
        monitor.wait();
      }
    }
  }

  private void awake() throws Exception {
    spinUntilHeld();
    awaitSleep();
    synchronized (monitor) {
      held = false;
      monitor.notifyAll();
    }
  }

  /**
   * A thread holds a lock until three others wait for it, one after the other, and a while longer;
   * each of them then holds it for a while, too. Says what that cost by the threads' own clocks:
   * for how long threads waited while {@code owner}, {@code queued-0}, {@code queued-1} held it, at
   * least and at most, because a thread can be preempted in the release itself.
   */
  private final class Convoys {
    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicInteger done = new AtomicInteger();
    private final long[] ids = new long[QUEUED];
    private final Thread[] threads = new Thread[QUEUED];
    private final long[] begun = new long[QUEUED];
    private final long[] releasing = new long[QUEUED + 1];
    private final long[] released = new long[QUEUED + 1];
    private final long[] least = new long[QUEUED];
    private final long[] most = new long[QUEUED];

    void play() throws InterruptedException {
      for (int i = 0; i < QUEUED; i++) {
        int number = i;
        threads[i] = start("queued-" + i, () -> queue(number));
      }
      start("owner", this::own).join();
      for (Thread thread : threads) {
        thread.join();
      }
      StringBuilder costs = new StringBuilder("convoys");
      for (int number = 0; number < QUEUED; number++) {
        costs.append(' ').append(least[number]).append(' ').append(most[number]);
      }
      System.out.println(costs);
    }

    private void queue(int number) throws IOException {
      ids[number] = self();
      done.incrementAndGet();
      for (int i = 0; i < CONVOYS; i++) {
        spinUntil(asked, i * QUEUED + number + 1);
        begun[number] = System.nanoTime();
        lock.lock();
        spin(HELD_MS);
        releasing[number + 1] = System.nanoTime();
        lock.unlock();
        released[number + 1] = System.nanoTime();
        done.incrementAndGet();
      }
    }

    private void own() throws Exception {
      spinUntil(done, QUEUED);
      for (int i = 0; i < CONVOYS; i++) {
        lock.lock();
        for (int number = 0; number < QUEUED; number++) {
          long before = sleeps(ids[number]);
          asked.incrementAndGet();
          awaitSleep(threads[number], ids[number], before);
        }
        spin(HELD_MS);
        releasing[0] = System.nanoTime();
        lock.unlock();
        released[0] = System.nanoTime();
        spinUntil(done, QUEUED * (i + 2));
        for (int number = 0; number < QUEUED; number++) {
          least[0] += releasing[0] - begun[number];
          most[0] += released[0] - begun[number];
          // Those behind it in line wait for the one that holds the lock then.
          if (number > 0) {
            least[number] += (QUEUED - number) * (releasing[number] - released[number - 1]);
            most[number] += (QUEUED - number) * (released[number] - releasing[number - 1]);
          }
        }
      }
    }
  }

  /** A thread that spins, beside a pool that has something to do now and then. */
  private static void startQuietThreads() throws InterruptedException {
    ExecutorService pool = Executors.newFixedThreadPool(2);
    start("spinner", () -> spin(600_000));
    start(
        "feeder",
        () -> {
          while (true) {
            Thread.sleep(15);
            pool.execute(() -> {});
          }
        });
    Thread.sleep(500);
  }

  private void spinUntilHeld() {
    while (!held) {
      Thread.onSpinWait();
    }
  }

  private static void spinUntil(AtomicInteger counter, int value) {
    while (counter.get() < value) {
      Thread.yield();
    }
  }

  private static void spin(long ms) {
    for (long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ms);
        System.nanoTime() < end; ) {
      Thread.onSpinWait();
    }
  }

  /**
   * Waits until the waiter waits, as Java has it, and has gone to sleep, as the kernel has it. Only
   * a switch that was counted is a sleep: a thread is in the state of one shortly before, and may
   * then still be spared it.
   */
  private void awaitSleep() throws Exception {
    awaitSleep(waiter, waiterId, sleepsBefore);
  }

  private static void awaitSleep(Thread thread, long id, long before) throws Exception {
    while (!isWaiting(thread.getState()) || sleeps(id) == before) {
      Thread.yield();
    }
  }

  private static boolean isWaiting(Thread.State state) {
    return state == Thread.State.BLOCKED || state == Thread.State.WAITING;
  }

  /** How often a thread has gone to sleep, by the kernel's count. */
  private static long sleeps(long id) throws IOException {
    Path status = Path.of("/proc/self/task", String.valueOf(id), "status");
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("voluntary_ctxt_switches:"))
        .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(':') + 1).strip()))
        .sum();
  }

  private static long self() throws IOException {
    return Long.parseLong(Path.of("/proc/thread-self").toRealPath().getFileName().toString());
  }

  private static Thread start(String name, Step work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            },
            name);
    thread.start();
    return thread;
  }
}
