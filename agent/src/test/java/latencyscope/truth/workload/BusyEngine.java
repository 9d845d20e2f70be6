package latencyscope.truth.workload;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import jdk.jfr.Event;
import jdk.jfr.Name;
import latencyscope.truth.engine.ProcFile;

/**
 * An engine that gives every module much to do, all day: switches, system calls, page faults and
 * shootdowns, datagrams, contended locks, threads that are born and end, garbage.
 *
 * <p>Talks by lines: {@code count} is answered with what has happened so far, {@code stop} ends it.
 * The argument is the share of time that the busiest threads work, in percent.
 */
public final class BusyEngine {
  private static final int PAGE = 4096;
  private static final int TOUCHED_PAGES = 128;
  private static final long TURN_NS = 2_000_000;

  private final AtomicLong calls = new AtomicLong();
  private final AtomicLong faults = new AtomicLong();
  private final AtomicLong packets = new AtomicLong();
  private final AtomicLong births = new AtomicLong();
  private final ReentrantLock lock = new ReentrantLock();

  private static final ThreadLocal<Boolean> INTRODUCED = new ThreadLocal<>();

  private final List<String> switchers = new CopyOnWriteArrayList<>();
  private final long workNs;
  private volatile Object garbage;

  private BusyEngine(int percent) {
    workNs = TURN_NS * percent / 100;
  }

  /** A nap, with the engine's own clock on both sides of it. */
  @Name("soak.Stamp")
  public static final class Stamp extends Event {
    /** System.nanoTime before the nap. */
    public long before;

    /** System.nanoTime after the nap. */
    public long after;

    /** Creates an empty event. */
    public Stamp() {}
  }

  /** Something that a thread does again and again. */
  private interface Turn {
    void run() throws Exception;
  }

  /**
   * Runs until it is told to stop.
   *
   * @param args share of time in percent
   */
  public static void main(String[] args) throws Exception {
    new BusyEngine(Integer.parseInt(args[0])).run();
  }

  private void run() throws Exception {
    for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
      switchToAndFro(i);
    }
    callNull();
    forever("toucher", this::touch);
    exchange();
    for (int i = 0; i < 2; i++) {
      forever("contender-" + i, this::contend);
    }
    forever("parent", this::bear);
    forever("litterer", this::litter);
    forever("stamper", BusyEngine::stamp);
    System.out.println("ready " + String.join(",", switchers));
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      if (line.equals("stop")) {
        System.exit(0);
      }
      System.out.println(
          "counts "
              + String.join(
                  " ",
                  Stream.of(
                          System.nanoTime(),
                          switches(),
                          calls.get(),
                          faults.get(),
                          packets.get(),
                          births.get())
                      .map(String::valueOf)
                      .toList()));
    }
  }

  /** Two threads that wake each other; whoever starts the engine may put them on one CPU. */
  private void switchToAndFro(int pair) throws InterruptedException {
    AtomicInteger turn = new AtomicInteger();
    CountDownLatch born = new CountDownLatch(2);
    Thread[] sides = new Thread[2];
    sides[1] =
        forever(
            "answer-" + pair,
            () -> {
              introduce(born);
              while (turn.get() == 0) {
                LockSupport.park();
              }
              turn.set(0);
              LockSupport.unpark(sides[0]);
            });
    sides[0] =
        forever(
            "call-" + pair,
            () -> {
              introduce(born);
              whileWorking(() -> {
                turn.set(1);
                LockSupport.unpark(sides[1]);
                while (turn.get() == 1) {
                  LockSupport.park();
                }
              });
            });
    born.await();
  }

  private void introduce(CountDownLatch born) throws IOException {
    if (born.getCount() > 0 && INTRODUCED.get() == null) {
      INTRODUCED.set(true);
      switchers.add(Path.of("/proc/thread-self").toRealPath().getFileName().toString());
      born.countDown();
      while (born.getCount() > 0) {
        Thread.onSpinWait(); // until both sides are known to each other
      }
    }
  }

  private static Thread forever(String name, Turn turn) {
    Thread thread =
        new Thread(
            () -> {
              try {
                for (; ; ) {
                  turn.run();
                }
              } catch (Exception e) {
                e.printStackTrace();
                System.exit(1);
              }
            },
            name);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private void whileWorking(Runnable work) {
    long end = System.nanoTime() + workNs;
    while (System.nanoTime() < end) {
      work.run();
    }
    LockSupport.parkNanos(TURN_NS - workNs);
  }

  @SuppressWarnings("resource") // as long as the engine lives
  private void callNull() throws IOException {
    RandomAccessFile nothing = new RandomAccessFile("/dev/null", "rw");
    forever(
        "caller",
        () ->
            whileWorking(() -> {
              try {
                nothing.write(0);
                calls.incrementAndGet();
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            }));
  }

  /** Fresh memory, every page of it, given back at once: that is a shootdown for the others. */
  private void touch() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate((long) TOUCHED_PAGES * PAGE, PAGE);
      for (int page = 0; page < TOUCHED_PAGES; page++) {
        memory.set(ValueLayout.JAVA_BYTE, (long) page * PAGE, (byte) 1);
      }
      faults.addAndGet(TOUCHED_PAGES);
    }
    LockSupport.parkNanos(10_000_000);
  }

  @SuppressWarnings("resource") // as long as the engine lives
  private void exchange() throws IOException {
    DatagramChannel receiver = DatagramChannel.open();
    receiver.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    DatagramChannel sender = DatagramChannel.open().connect(receiver.getLocalAddress());
    ByteBuffer received = ByteBuffer.allocateDirect(64);
    ByteBuffer sent = ByteBuffer.allocateDirect(32);
    forever(
        "receiver",
        () -> {
          received.clear();
          receiver.receive(received);
          packets.incrementAndGet();
        });
    forever(
        "sender",
        () -> {
          sent.clear();
          sender.write(sent);
          LockSupport.parkNanos(500_000);
        });
  }

  private void contend() {
    lock.lock();
    try {
      LockSupport.parkNanos(100_000);
    } finally {
      lock.unlock();
    }
    LockSupport.parkNanos(1_000_000);
  }

  private void bear() throws InterruptedException {
    Thread child = new Thread(() -> LockSupport.parkNanos(100_000), "child");
    child.start();
    child.join();
    births.incrementAndGet();
    LockSupport.parkNanos(20_000_000);
  }

  private void litter() {
    for (int i = 0; i < 64; i++) {
      garbage = new byte[16 << 10];
    }
    LockSupport.parkNanos(10_000_000);
  }

  private static void stamp() {
    Stamp stamp = new Stamp();
    stamp.begin();
    stamp.before = System.nanoTime();
    LockSupport.parkNanos(1_000_000);
    stamp.after = System.nanoTime();
    stamp.commit();
    LockSupport.parkNanos(20_000_000);
  }

  /** Of the threads that are there now. */
  private static long switches() throws IOException {
    long sum = 0;
    for (ProcFile thread : ProcFile.ownThreads()) {
      sum += thread.number("voluntary_ctxt_switches");
      sum += thread.number("nonvoluntary_ctxt_switches");
    }
    return sum;
  }
}
