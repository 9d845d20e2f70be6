package latencyscope.truth.workload;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import jdk.jfr.Recording;

/**
 * A JVM with a known load and an agent, which afterwards writes down what the kernel itself has
 * counted for each of its threads.
 *
 * <p>Threads are born after the capture has begun and are still there, parked, when the kernel's
 * accounts are read and the capture ends: so both cover the same, whole lives.
 *
 * <p>Talks with the test by lines: says {@code ready}, waits for {@code go}, says {@code done},
 * waits for {@code stop}.
 */
public final class SchedulerWorkload {
  /** Ten thousand threads are to fit. */
  private static final long STACK_BYTES = 256 << 10;

  private static final Path PROC = Path.of("/proc/self/task");

  private final BufferedReader in =
      new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
  private final CountDownLatch hold = new CountDownLatch(1);
  private final ConcurrentLinkedQueue<Integer> osThreadIds = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<String> lastWords = new ConcurrentLinkedQueue<>();

  /**
   * Runs one load.
   *
   * @param args load, recording to write, file for the kernel's accounts; and the threshold of its
   *     events in nanoseconds, which is 0 if it is not given
   */
  public static void main(String[] args) throws Exception {
    Duration threshold = Duration.ofNanos(args.length > 3 ? Long.parseLong(args[3]) : 0);
    new SchedulerWorkload().run(args[0], Path.of(args[1]), Path.of(args[2]), threshold);
  }

  private void run(String load, Path recordingFile, Path accounts, Duration threshold)
      throws Exception {
    try (Recording recording = new Recording()) {
      recording.enable("latencyscope.WaitShare");
      for (String event : List.of("RunQueueWait", "ContextSwitch", "Migration")) {
        recording.enable("latencyscope." + event).withThreshold(threshold);
      }
      // As the JDK's own settings have them, and ours: who had an id when.
      recording.enable("jdk.ThreadStart");
      recording.enable("jdk.ThreadEnd");
      recording.start();
      Capturing.await();
      say("ready");
      expect("go");
      CountDownLatch finished = new CountDownLatch(0);
      switch (load) {
        case "ping-pong" -> finished = pingPong(20_000);
        case "spinner" -> spinner();
        case "competed" -> competed(Duration.ofSeconds(3));
        case "crowded" -> crowded(Duration.ofSeconds(4), 5);
        case "fifty" -> finished = fifty(Duration.ofSeconds(3));
        case "churn" -> churn(1_000);
        case "yield" -> finished = yielding(3_000);
        case "crowd" -> finished = crowd(10_000);
        case "births" -> births(4_000, Duration.ofMillis(1));
        case "moved-asleep" -> finished = movedAsleep(150, Duration.ofMillis(20));
        case "reuse" -> reuse(3);
        case "storm" -> finished = storm(Duration.ofSeconds(2));
        default -> throw new IllegalArgumentException(load);
      }
      finished.await();
      say("done");
      awaitParked();
      writeAccounts(accounts);
      expect("stop");
      recording.stop();
      recording.dump(recordingFile);
      hold.countDown();
    }
  }

  private void say(String word) {
    System.out.println(
        word + " " + String.join(",", osThreadIds.stream().map(String::valueOf).toList()));
  }

  private void expect(String word) throws IOException {
    String line = in.readLine();
    if (!word.equals(line)) {
      throw new IllegalStateException("expected " + word + ", got " + line);
    }
  }

  /** Two threads that wake each other: every turn is a park, a wakeup and a wait. */
  private CountDownLatch pingPong(int turns) {
    CountDownLatch finished = new CountDownLatch(2);
    int[] turn = {0};
    Object lock = new Object();
    for (int side = 0; side < 2; side++) {
      int own = side;
      start(
          "ping-pong-" + side,
          finished,
          () -> {
            for (int i = 0; i < turns; i++) {
              synchronized (lock) {
                while (turn[0] % 2 != own) {
                  lock.wait();
                }
                turn[0]++;
                lock.notify();
              }
            }
          });
    }
    return finished;
  }

  /** A thread that never gives up the CPU until the test says that it is enough. */
  private void spinner() throws Exception {
    CountDownLatch finished = new CountDownLatch(1);
    AtomicBoolean enough = new AtomicBoolean();
    start(
        "spinner",
        finished,
        () -> {
          while (!enough.get()) {
            Thread.onSpinWait();
          }
        });
    say("spinning");
    expect("enough");
    enough.set(true);
    finished.await();
  }

  /**
   * A thread that never gives up the CPU, which a process whose id the test gives takes from it. It
   * looks itself at what that one has run by: while this thread has the CPU, the other one has not.
   */
  private void competed(Duration time) throws Exception {
    CountDownLatch finished = new CountDownLatch(1);
    start(
        "a-spinner-with-quite-a-long-name",
        finished,
        () -> {
          say("spinning");
          Path competitor = Path.of("/proc", in.readLine(), "schedstat");
          Path self = Path.of("/proc/thread-self").toRealPath().resolve("schedstat");
          long ran = ran(competitor);
          long awake = awake(self);
          long begin = System.nanoTime();
          spin(time);
          // At a safepoint it sleeps: the competitor is in nobody's way then.
          long slept = System.nanoTime() - begin - (awake(self) - awake);
          lastWords.add("competitor " + (ran(competitor) - ran) + " " + Math.max(0, slept));
        });
    finished.await();
  }

  /** As above, for several processes at once. */
  private void crowded(Duration time, int tries) throws Exception {
    CountDownLatch finished = new CountDownLatch(1);
    start(
        "crowded-out",
        finished,
        () -> {
          say("spinning");
          lastWords.addAll(new Crowd(in.readLine().split(" ")).ran(time, tries));
        });
    finished.await();
  }

  /** More threads than CPUs, half of them busy, half of them sleeping now and then. */
  private CountDownLatch fifty(Duration time) {
    CountDownLatch finished = new CountDownLatch(50);
    for (int i = 0; i < 50; i++) {
      boolean busy = i % 2 == 0;
      start(
          "fifty-" + i,
          finished,
          () -> {
            long end = System.nanoTime() + time.toNanos();
            while (System.nanoTime() < end) {
              spin(Duration.ofMillis(busy ? 20 : 1));
              if (!busy) {
                Thread.sleep(3);
              }
            }
          });
    }
    return finished;
  }

  /** Short lives: each thread sleeps three times and writes its own account as its last act. */
  private void churn(int count) throws Exception {
    for (int i = 0; i < count; i++) {
      Thread thread =
          new Thread(
              () -> {
                try {
                  for (int nap = 0; nap < 3; nap++) {
                    Thread.sleep(1);
                  }
                  Path self = Path.of("/proc/thread-self").toRealPath();
                  lastWords.add(account(self));
                } catch (IOException | InterruptedException e) {
                  throw new IllegalStateException(e);
                }
              },
              "churn-" + i);
      thread.start();
      thread.join();
    }
  }

  /**
   * Lives one after the other that all get the same id, as the last id that was given is one that
   * can be written. Each ends but the last one; each does twice as much as the one before it.
   */
  private void reuse(int lives) throws Exception {
    Path lastId = Path.of("/proc/sys/kernel/ns_last_pid");
    int[] id = new int[1];
    for (int i = 0; i < lives; i++) {
      int times = 100 << i;
      boolean last = i == lives - 1;
      if (i > 0) {
        Files.writeString(lastId, String.valueOf(id[0] - 1));
      }
      CountDownLatch finished = new CountDownLatch(1);
      Thread thread =
          new Thread(
              () -> {
                try {
                  Path self = Path.of("/proc/thread-self").toRealPath();
                  id[0] = Integer.parseInt(self.getFileName().toString());
                  for (int nap = 0; nap < times; nap++) {
                    spin(Duration.ofMillis(1));
                    LockSupport.parkNanos(100_000);
                  }
                  lastWords.add(account(self));
                  finished.countDown();
                  if (last) {
                    hold.await();
                  }
                } catch (IOException | InterruptedException e) {
                  throw new IllegalStateException(e);
                }
              },
              "life-" + i);
      thread.start();
      finished.await();
      if (!last) {
        thread.join();
        // Java has done with it, the kernel has not yet.
        Thread.sleep(50);
      }
    }
  }

  /** Gives way to whoever shares its CPU, and stamps the clock on both sides of it. */
  private CountDownLatch yielding(int times) {
    CountDownLatch finished = new CountDownLatch(1);
    start(
        "yielder",
        finished,
        () -> {
          List<String> stamps = new ArrayList<>(times);
          for (int i = 0; i < times; i++) {
            long before = System.nanoTime();
            Thread.yield();
            long after = System.nanoTime();
            stamps.add("stamp " + before + " " + after);
            LockSupport.parkNanos(50_000);
          }
          lastWords.addAll(stamps);
        });
    say("spinning");
    return finished;
  }

  /** Many threads at once, each of which has slept twice. */
  private CountDownLatch crowd(int count) {
    CountDownLatch finished = new CountDownLatch(count);
    for (int i = 0; i < count; i++) {
      start(
          "crowd-" + i,
          finished,
          () -> {
            Thread.sleep(1);
            Thread.sleep(1);
          });
    }
    return finished;
  }

  /** Short lives that begin at a steady rate, several at once. */
  private void births(int count, Duration every) throws Exception {
    List<Thread> threads = new ArrayList<>(count);
    long next = System.nanoTime();
    for (int i = 0; i < count; i++) {
      Thread thread = new Thread(null, this::shortLife, "born-" + i, STACK_BYTES);
      thread.start();
      threads.add(thread);
      next += every.toNanos();
      LockSupport.parkNanos(next - System.nanoTime());
    }
    for (Thread thread : threads) {
      thread.join();
    }
  }

  private void shortLife() {
    try {
      Thread.sleep(1);
      lastWords.add(account(Path.of("/proc/thread-self").toRealPath()));
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * As many switches as there can be: pairs, one for each CPU, that do nothing but wake each other.
   */
  private CountDownLatch storm(Duration time) {
    int pairs = Runtime.getRuntime().availableProcessors();
    CountDownLatch finished = new CountDownLatch(2 * pairs);
    long end = System.nanoTime() + time.toNanos();
    for (int pair = 0; pair < pairs; pair++) {
      Semaphore[] turns = {new Semaphore(1), new Semaphore(0)};
      for (int side = 0; side < 2; side++) {
        Semaphore own = turns[side];
        Semaphore other = turns[1 - side];
        start(
            "storm-" + pair + "-" + side,
            finished,
            () -> {
              while (System.nanoTime() < end) {
                own.acquire();
                other.release();
              }
              other.release(); // who waits must see that it is over
            });
      }
    }
    say("spinning");
    return finished;
  }

  /**
   * A thread that shares its CPU and goes to sleep having run more than its share, and is moved to
   * the other CPU at once. What its account of waits rose by then, it writes down: at most in all;
   * and at least for each time, which is without all that it slept longer than it asked for. That
   * is 0 if it was preempted meanwhile: it may have waited on its way to sleep, when the time that
   * it asked for ran already.
   */
  private CountDownLatch movedAsleep(int times, Duration sleep) {
    CountDownLatch finished = new CountDownLatch(3);
    AtomicBoolean over = new AtomicBoolean();
    AtomicBoolean goes = new AtomicBoolean();
    start(
        "sleeper",
        finished,
        () -> {
          Path schedstat = Path.of("/proc/thread-self/schedstat").toRealPath();
          Path status = Path.of("/proc/thread-self/status").toRealPath();
          StringBuilder atLeast = new StringBuilder();
          long atMost = 0;
          for (int i = 0; i < times; i++) {
            Affinity.pin(0, 1);
            spin(Duration.ofMillis(1 + i % 10));
            // The clock around the account: it may have to wait between any two of these.
            long start = System.nanoTime();
            long preempted = preemptions(status);
            long before = runDelay(schedstat);
            goes.set(true);
            Thread.sleep(sleep);
            long rise = runDelay(schedstat) - before;
            boolean bounded = preemptions(status) == preempted;
            long longer = System.nanoTime() - start - sleep.toNanos();
            atLeast.append(' ').append(bounded ? Math.max(0, rise - longer) : 0);
            atMost += rise;
          }
          lastWords.add("asleep " + atMost + atLeast);
          over.set(true);
        });
    int sleeper = osThreadIds.peek();
    start(
        "hog",
        finished,
        () -> {
          Affinity.pin(0, 1);
          while (!over.get()) {
            Thread.onSpinWait();
          }
        });
    start(
        "mover",
        finished,
        () -> {
          Affinity.pin(0, 0);
          while (!over.get()) {
            if (goes.compareAndSet(true, false)) {
              spin(Duration.ofNanos(50_000)); // until it sleeps
              Affinity.pin(sleeper, 0);
            }
          }
        });
    return finished;
  }

  private static long ran(Path schedstat) throws IOException {
    return Long.parseLong(Files.readString(schedstat).split(" ")[0]);
  }

  /** Time that a thread ran, or wanted to. */
  private static long awake(Path schedstat) throws IOException {
    String[] times = Files.readString(schedstat).split(" ");
    return Long.parseLong(times[0]) + Long.parseLong(times[1]);
  }

  private static long preemptions(Path status) throws IOException {
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("nonvoluntary_ctxt_switches:"))
        .mapToLong(line -> Long.parseLong(line.split("\\s+")[1]))
        .sum();
  }

  private static long runDelay(Path schedstat) throws IOException {
    return Long.parseLong(Files.readString(schedstat).split(" ")[1]);
  }

  static void spin(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    while (System.nanoTime() < end) {
      Thread.onSpinWait();
    }
  }

  private void start(String name, CountDownLatch finished, Work work) {
    CountDownLatch born = new CountDownLatch(1);
    Thread thread =
        new Thread(
            null,
            () -> {
              try {
                Path self = Path.of("/proc/thread-self").toRealPath();
                osThreadIds.add(Integer.valueOf(self.getFileName().toString()));
                born.countDown();
                work.run();
                finished.countDown();
                hold.await();
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            },
            name,
            STACK_BYTES);
    thread.start();
    try {
      born.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Threads must have left their CPUs before their accounts are read. */
  private void awaitParked() throws IOException, InterruptedException {
    for (int id : osThreadIds) {
      String state = "";
      for (int look = 0; look < 1_000 && !state.equals("S"); look++) {
        Thread.sleep(look == 0 ? 0 : 10);
        String stat = Files.readString(PROC.resolve(id + "/stat"));
        state = stat.substring(stat.lastIndexOf(')') + 2).substring(0, 1);
      }
    }
    Thread.sleep(200);
  }

  private void writeAccounts(Path file) throws IOException {
    List<String> lines = new ArrayList<>();
    for (int id : osThreadIds) {
      lines.add(account(PROC.resolve(String.valueOf(id))));
    }
    lines.addAll(lastWords);
    Files.write(file, lines);
  }

  /**
   * One line: id, voluntary and involuntary switches, run_delay, its count, migrations, CPU time.
   */
  static String account(Path task) throws IOException {
    long voluntary = 0;
    long involuntary = 0;
    for (String line : Files.readAllLines(task.resolve("status"))) {
      if (line.startsWith("voluntary_ctxt_switches:")) {
        voluntary = number(line);
      } else if (line.startsWith("nonvoluntary_ctxt_switches:")) {
        involuntary = number(line);
      }
    }
    long migrations = -1;
    Path sched = task.resolve("sched");
    if (Files.exists(sched)) {
      for (String line : Files.readAllLines(sched)) {
        if (line.startsWith("se.nr_migrations")) {
          migrations = number(line);
        }
      }
    }
    String[] schedstat = Files.readString(task.resolve("schedstat")).strip().split(" ");
    return String.join(
        " ",
        "thread",
        task.getFileName().toString(),
        String.valueOf(voluntary),
        String.valueOf(involuntary),
        schedstat[1],
        schedstat[2],
        String.valueOf(migrations),
        schedstat[0]);
  }

  private static long number(String line) {
    return Long.parseLong(line.substring(line.indexOf(':') + 1).strip());
  }

  /** Something that a thread does. */
  private interface Work {
    void run() throws Exception;
  }
}
