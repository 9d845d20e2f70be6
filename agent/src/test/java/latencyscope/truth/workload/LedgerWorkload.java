package latencyscope.truth.workload;

import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import jdk.jfr.Event;
import jdk.jfr.Name;
import jdk.jfr.Recording;
import jdk.jfr.StackTrace;
import latencyscope.truth.engine.ProcFile;

/**
 * A JVM whose threads record windows of their own, with the kernel's account of each as a field.
 *
 * <p>Talks with the test by lines: says {@code ready}, waits for {@code go}, says what the load
 * says, then {@code done}.
 */
public final class LedgerWorkload {
  /** How often all threads are stopped while one does not poll. */
  public static final int UNPOLLED_ROUNDS = 10;

  private static final int UNPOLLED_STEPS = 100_000_000;
  private static final Duration SAMPLED_EACH = Duration.ofMillis(10);
  private static final List<String> KERNEL = List.of("RunQueueWait", "ContextSwitch", "Migration");
  private static final List<String> JVM =
      List.of(
          "GCPhasePause",
          "SafepointBegin",
          "SafepointEnd",
          "SafepointStateSynchronization",
          "ExecuteVMOperation",
          "ThreadPark",
          "JavaMonitorEnter");
  private static final int ROUNDS = 10;
  private static final int PAGES = 20;
  private static final int PACKETS = 200;
  private static final long STALE_NS = TimeUnit.MILLISECONDS.toNanos(1);

  /** As the group of that load has it ({@code cpu.max}). */
  private static final long QUOTA_PERIOD_MS = 100;

  private final BufferedReader in =
      new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
  private volatile long heartbeatNs;
  private volatile boolean stopped;
  private volatile long sum;

  /** A stretch of a thread's time, and what {@code schedstat} says of it. */
  @Name("test.Window")
  @StackTrace(false)
  static final class Window extends Event {
    long ranNs;
    long waitedNs;
    long osThreadId;
  }

  /** The same with the readings of that account on both sides. */
  @Name("test.Around")
  @StackTrace(false)
  static final class Around extends Event {}

  /** Runs one load and writes the recording; arguments: load, recording. */
  public static void main(String[] args) throws Exception {
    new LedgerWorkload().run(args[0], Path.of(args[1]));
  }

  private void run(String load, Path file) throws Exception {
    try (Recording recording = new Recording()) {
      KERNEL.forEach(e -> recording.enable("latencyscope." + e).withThreshold(Duration.ZERO));
      JVM.forEach(event -> recording.enable("jdk." + event).withThreshold(Duration.ZERO));
      recording.enable("test.Window").withThreshold(Duration.ZERO);
      recording.enable("test.Around").withThreshold(Duration.ZERO);
      if (load.equals("unpolled")) {
        recording.enable("jdk.ExecutionSample").withPeriod(SAMPLED_EACH);
      }
      recording.start();
      Capturing.await();
      System.out.println("ready");
      expect("go");
      switch (load) {
        case "spinner" -> spinner();
        case "quota" -> quota();
        case "hand-off" -> handOff();
        case "late" -> lateSafepoints();
        case "unpolled" -> unpolled();
        case "workers" -> workers();
        case "mixed" -> mixed();
        case "lives" -> lives();
        case "cold" -> cold(file.resolveSibling("cold-journal"));
        case "packets" -> packets();
        default -> throw new IllegalArgumentException(load);
      }
      recording.stop();
      recording.dump(file);
      System.out.println("done");
    }
  }

  private void expect(String word) throws IOException {
    String line = in.readLine();
    if (!word.equals(line)) {
      throw new IllegalStateException("expected " + word + ", got " + line);
    }
  }

  /** A thread that never gives up its CPU, in windows of 20 ms. */
  private void spinner() throws Exception {
    Thread thread =
        thread(
            "spinner",
            () -> {
              System.out.println("spinning " + ownId());
              Path competitor = Path.of("/proc", in.readLine());
              spin(TimeUnit.MILLISECONDS.toNanos(20));
              // While this thread has the CPU, that one does not run.
              Path self = Path.of("/proc/thread-self").toRealPath();
              long ran = Long.parseLong(schedstat(competitor)[0]);
              String[] before = schedstat(self);
              long begin = System.nanoTime();
              for (int i = 0; i < 100; i++) {
                window(() -> spin(TimeUnit.MILLISECONDS.toNanos(20)));
              }
              long time = System.nanoTime() - begin;
              String[] after = schedstat(self);
              ran = Long.parseLong(schedstat(competitor)[0]) - ran;
              long waited = Long.parseLong(after[1]) - Long.parseLong(before[1]);
              // At a safepoint, or for a lock of the JVM: then the competitor is in nobody's way.
              long slept = time - waited - (Long.parseLong(after[0]) - Long.parseLong(before[0]));
              System.out.println("competitor " + ran + " " + waited + " " + slept);
            });
    thread.join();
  }

  /** A thread that never gives up its CPU, in a group that the test gives a fifth of one. */
  private void quota() throws Exception {
    Thread thread =
        thread(
            "limited",
            () -> {
              System.out.println("spinning " + ownId());
              in.readLine();
              // From here on: what of the quota was used up before is not in a window.
              spin(TimeUnit.MILLISECONDS.toNanos(200));
              for (int i = 0; i < 20; i++) {
                window(() -> spin(TimeUnit.MILLISECONDS.toNanos(100)));
              }
            });
    thread.join();
    // The kernel's account has it, too, if the group is stopped once more on the thread's way out.
    Thread.sleep(2 * QUOTA_PERIOD_MS);
  }

  /** A thread in a loop that does not poll for safepoints, while others are asked for. */
  private void unpolled() throws Exception {
    Thread thread =
        thread(
            "unpolled-one",
            () -> {
              while (!stopped) {
                sum += withoutPoll(UNPOLLED_STEPS);
              }
            });
    for (int i = 0; i < UNPOLLED_ROUNDS; i++) {
      Thread.sleep(200);
      System.gc();
    }
    stopped = true;
    thread.join();
  }

  // Each step needs the one before it: some 2 ns.
  private static long withoutPoll(int steps) {
    long value = steps;
    for (int i = 0; i < steps; i++) {
      value = value * 6_364_136_223_846_793_005L + i;
    }
    return value;
  }

  /** A thread that finds a lock taken, twenty times. */
  private void handOff() throws Exception {
    ReentrantLock lock = new ReentrantLock();
    CountDownLatch[] taken = latches();
    CountDownLatch[] released = latches();
    Sleeper sleeper = new Sleeper();
    Thread holder =
        thread(
            "lock-holder",
            () -> {
              for (int i = 0; i < taken.length; i++) {
                lock.lock();
                taken[i].countDown();
                while (!lock.hasQueuedThreads() || !sleeper.sleeps()) {
                  Thread.sleep(1);
                }
                Thread.sleep(10);
                lock.unlock();
                released[i].await();
              }
            });
    Thread waiter =
        thread(
            "lock-waiter",
            () -> {
              Thread.sleep(20);
              for (int i = 0; i < taken.length; i++) {
                taken[i].await();
                window(() -> {
                  sleeper.goes();
                  lock.lock();
                  sleeper.woken();
                  lock.unlock();
                });
                released[i].countDown();
              }
            });
    holder.join();
    waiter.join();
  }

  /**
   * A thread that is about to wait, and whether it has gone to sleep for it. Only a switch that was
   * counted is a sleep: a thread is in the state of one shortly before, and on a busy machine may
   * lose its CPU there for as long as it was to wait.
   */
  private static final class Sleeper {
    private volatile Thread thread;
    private volatile long id;
    private volatile long before = Long.MAX_VALUE;

    void goes() throws IOException {
      thread = Thread.currentThread();
      id = ownId();
      before = switches();
    }

    boolean sleeps() throws IOException {
      // On its way it may sleep for other things: by Java it waits, and by the kernel it has left.
      return before < Long.MAX_VALUE
          && thread.getState() == Thread.State.WAITING
          && switches() > before;
    }

    void woken() {
      before = Long.MAX_VALUE;
    }

    private long switches() throws IOException {
      return ProcFile.ownThread(id).number("voluntary_ctxt_switches");
    }
  }

  private static CountDownLatch[] latches() {
    CountDownLatch[] latches = new CountDownLatch[2 * ROUNDS];
    for (int i = 0; i < latches.length; i++) {
      latches[i] = new CountDownLatch(1);
    }
    return latches;
  }

  /**
   * Asks for a collection whenever the competitor, which says so in a pipe whose name the test
   * gives, has just taken the CPU of a thread.
   */
  private void lateSafepoints() throws Exception {
    Thread late =
        thread(
            "late-one",
            () -> {
              System.out.println("spinning " + ownId());
              while (!stopped) {
                heartbeatNs = System.nanoTime();
              }
            });
    // A file stream knows what is in a pipe, which a channel does not.
    try (FileInputStream pipe = new FileInputStream(in.readLine());
        BufferedReader turns =
            new BufferedReader(new InputStreamReader(pipe, StandardCharsets.UTF_8))) {
      long last = 0;
      for (int i = 0; i < ROUNDS; ) {
        while (turns.ready()) {
          turns.readLine(); // of a turn that may be over
        }
        if (turns.readLine() == null) {
          throw new IOException("the competitor ended");
        }
        Thread.sleep(2);
        // One that has not run since it was stopped the last time need not be waited for.
        if (heartbeatNs != last && System.nanoTime() - heartbeatNs > STALE_NS) {
          last = heartbeatNs;
          System.gc();
          i++;
        }
      }
    }
    stopped = true;
    late.join();
  }

  /** Collections of much that lives; says what the workers' own accounts rose by, and when. */
  private static void workers() throws Exception {
    List<byte[][]> live = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      byte[][] row = new byte[1_000][];
      for (int j = 0; j < row.length; j++) {
        row[j] = new byte[100];
      }
      live.add(row);
    }
    // The first one starts the workers, which have not been seen before.
    System.gc();
    Thread.sleep(200);
    Instant from = Instant.now();
    long waited = workersWaitedNs();
    for (int i = 0; i < ROUNDS; i++) {
      System.gc();
    }
    Thread.sleep(200);
    waited = workersWaitedNs() - waited;
    System.out.println("waited " + waited + " " + from + " " + Instant.now() + " " + live.size());
    Thread.sleep(200);
    System.gc();
  }

  private static long workersWaitedNs() throws IOException {
    long sum = 0;
    for (ProcFile thread : ProcFile.ownThreads()) {
      if (thread.text("Name").startsWith("GC Thread#")) {
        sum += Long.parseLong(schedstat(Path.of("/proc/self/task", thread.text("Pid")))[1]);
      }
    }
    return sum;
  }

  /** Touches pages of a file that must be read from the disk, 20 of them in each window. */
  private static void cold(Path file) throws Exception {
    int page = 4_096;
    int windows = 20;
    int bytes = windows * PAGES * page;
    Files.write(file, new byte[bytes]);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    Thread thread =
        thread(
            "toucher",
            () -> {
              Thread.sleep(5);
              MemorySegment memory = NativeMemory.cold(file, bytes);
              for (int i = 0; i < windows; i++) {
                int first = i * PAGES;
                window(() -> {
                  for (int touched = first; touched < first + PAGES; touched++) {
                    memory.get(ValueLayout.JAVA_BYTE, (long) touched * page);
                  }
                });
              }
              NativeMemory.unmap(memory);
            });
    thread.join();
  }

  /** Sends packets to itself: each brings a softirq about on the way out of the call. */
  private static void packets() throws Exception {
    Thread thread =
        thread(
            "sender",
            () -> {
              Thread.sleep(5);
              try (DatagramChannel channel = DatagramChannel.open()) {
                channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                channel.connect(channel.getLocalAddress());
                ByteBuffer packet = ByteBuffer.allocateDirect(64);
                for (int i = 0; i < 20; i++) {
                  window(() -> {
                    for (int sent = 0; sent < PACKETS; sent++) {
                      channel.write(packet.clear());
                      channel.read(packet.clear());
                    }
                  });
                }
              }
            });
    thread.join();
  }

  /** Threads of several kinds, each of whose lives is a window. */
  private void mixed() throws Exception {
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      int kind = i % 3;
      threads.add(
          thread(
              "mixed-" + i,
              () -> {
                Thread.sleep(5);
                window(() -> live(kind, TimeUnit.SECONDS.toNanos(3)));
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
  }

  /**
   * Threads that live busy lives of four seconds: two that only run, two that run and sleep, two
   * that take a lock from each other, two that wake each other. The kernel's account of each is
   * read when all are parked: of a thread that runs it is not up to date.
   */
  private void lives() throws Exception {
    ReentrantLock lock = new ReentrantLock();
    SynchronousQueue<Integer> queue = new SynchronousQueue<>();
    Lives lives = new Lives();
    for (int i = 0; i < 2; i++) {
      boolean first = i == 0;
      lives.begin("run-" + i, () -> spin(TimeUnit.MILLISECONDS.toNanos(50)));
      lives.begin("sleep-" + i, () -> live(1, TimeUnit.MILLISECONDS.toNanos(5)));
      lives.begin(
          "lock-" + i,
          () -> {
            lock.lock();
            try {
              spin(TimeUnit.MILLISECONDS.toNanos(1));
              Thread.sleep(1);
            } finally {
              lock.unlock();
            }
            spin(TimeUnit.MICROSECONDS.toNanos(200));
          });
      lives.begin(
          "hand-" + i,
          () -> {
            spin(TimeUnit.MICROSECONDS.toNanos(100));
            if (first) {
              queue.offer(1, 2, TimeUnit.MILLISECONDS);
            } else {
              queue.poll(2, TimeUnit.MILLISECONDS);
            }
          });
    }
    lives.account();
    System.out.println("accounted");
    expect("end");
    lives.end();
    // The recording is not to end with them: what kept them to the last is told when it is over.
    Thread.sleep(200);
  }

  /** Threads that live for four seconds each, and then wait until all have been accounted for. */
  private static final class Lives {
    private final List<Thread> threads = new ArrayList<>();
    private final Map<String, Long> ids = new ConcurrentSkipListMap<>();
    private final CountDownLatch accounted = new CountDownLatch(1);

    void begin(String name, Work turn) {
      threads.add(
          thread(
              "life-" + name,
              () -> {
                long id = ownId();
                long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(4);
                while (System.nanoTime() < end) {
                  turn.run();
                }
                ids.put("life-" + name, id);
                accounted.await();
              }));
    }

    void account() throws Exception {
      while (ids.size() < threads.size()) {
        Thread.sleep(50);
      }
      Thread.sleep(200);
      for (Map.Entry<String, Long> life : ids.entrySet()) {
        String[] schedstat = schedstat(Path.of("/proc/self/task/" + life.getValue()));
        System.out.println(
            life.getKey() + " " + life.getValue() + " " + String.join(" ", schedstat));
      }
    }

    void end() throws InterruptedException {
      accounted.countDown();
      for (Thread thread : threads) {
        thread.join();
      }
    }
  }

  private static void live(int kind, long ns) throws InterruptedException {
    long end = System.nanoTime() + ns;
    while (System.nanoTime() < end) {
      switch (kind) {
        case 0 -> spin(TimeUnit.MILLISECONDS.toNanos(50));
        case 1 -> {
          spin(TimeUnit.MILLISECONDS.toNanos(2));
          Thread.sleep(3);
        }
        default -> Thread.sleep(10);
      }
    }
  }

  /** Records what the work took, and what the kernel says of it. */
  private static void window(Work work) throws Exception {
    Path self = Path.of("/proc/thread-self").toRealPath();
    Window window = new Window();
    Around around = new Around();
    around.begin();
    String[] before = schedstat(self);
    window.begin();
    work.run();
    window.end();
    String[] after = schedstat(self);
    around.commit();
    window.ranNs = Long.parseLong(after[0]) - Long.parseLong(before[0]);
    window.waitedNs = Long.parseLong(after[1]) - Long.parseLong(before[1]);
    window.osThreadId = ownId();
    window.commit();
  }

  private static String[] schedstat(Path task) throws IOException {
    return Files.readString(task.resolve("schedstat")).strip().split(" ");
  }

  private static long ownId() throws IOException {
    return Long.parseLong(Path.of("/proc/thread-self").toRealPath().getFileName().toString());
  }

  private static void spin(long ns) {
    long end = System.nanoTime() + ns;
    while (System.nanoTime() < end) {
      Thread.onSpinWait();
    }
  }

  private static Thread thread(String name, Work work) {
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
    // If another one fails, the JVM must not go on.
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  /** Something that a thread does. */
  private interface Work {
    void run() throws Exception;
  }
}
