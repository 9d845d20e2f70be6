package latencyscope.truth.workload;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import jdk.jfr.Recording;

/**
 * A thread {@code places} faults, parks, waits for a monitor and blocks in a system call, each a
 * known number of times in a known line. Says where its memory is and the lines, and writes the
 * recording.
 */
public final class StackWorkload {
  /** How often each happens. */
  public static final int TIMES = 10;

  private static final int PAGE = 4_096;
  private static final int WARM_UP = 30_000;

  /**
   * Until then the agent knows which thread this is, and a CPU may copy stacks again: 128 in 500
   * ms, of which the first use of a class takes dozens by its page faults.
   */
  private static final long SETTLE_NS = 700_000_000;

  /** Not over before the thread has gone to sleep, on a busy host, too. */
  private static final long WAIT_NS = 30_000_000;

  private final Map<String, Integer> lines = new TreeMap<>();
  private final MemorySegment memory = NativeMemory.anonymous((TIMES + 1L) * PAGE);
  private final ByteBuffer one = ByteBuffer.allocate(1);
  private final Object monitor = new Object();
  private final Pipe pipe;
  private volatile boolean held;
  private long entered;

  private StackWorkload() throws Exception {
    pipe = Pipe.open();
  }

  /**
   * Runs all of it.
   *
   * @param args recording to write; {@code compiled} if the code is to be warmed up before
   */
  public static void main(String[] args) throws Exception {
    try (Recording recording = new Recording()) {
      for (String event :
          List.of(
              "latencyscope.PageFault",
              "latencyscope.FutexWait",
              "latencyscope.BlockingSyscall",
              "jdk.JavaMonitorEnter")) {
        recording.enable(event).withThreshold(Duration.ZERO);
      }
      StackWorkload load = new StackWorkload();
      recording.start();
      Capturing.await();
      Thread thread = new Thread(() -> load.run(args[1].equals("compiled")), "places");
      thread.start();
      thread.join();
      recording.stop();
      recording.dump(Path.of(args[0]));
      System.out.println("at " + load.memory.address());
      load.lines.forEach((what, line) -> System.out.println(what + " " + line));
    }
  }

  private void run(boolean compiled) {
    NativeMemory.smallPages(memory);
    LockSupport.parkNanos(SETTLE_NS);
    // The page that is touched first is not among those that are looked at.
    for (int i = 0; i < (compiled ? WARM_UP : 1); i++) {
      touch(0);
    }
    for (int i = 1; i <= TIMES; i++) {
      touch((long) i * PAGE);
    }
    LockSupport.parkNanos(SETTLE_NS);
    for (int i = 0; i < TIMES; i++) {
      park();
      enter();
      read();
    }
  }

  // In each, what is looked at is in the line behind the call of next().

  private void touch(long at) {
    next("touch");
    memory.set(ValueLayout.JAVA_BYTE, at, (byte) 1);
  }

  private void park() {
    next("park");
    LockSupport.parkNanos(WAIT_NS);
  }

  private void enter() {
    held = false;
    Thread holder = new Thread(this::hold, "holder");
    holder.start();
    while (!held) {
      Thread.onSpinWait();
    }
    next("enter");
    synchronized (monitor) {
      entered++;
    }
    join(holder);
  }

  private void hold() {
    synchronized (monitor) {
      held = true;
      LockSupport.parkNanos(WAIT_NS * 3);
    }
  }

  private void read() {
    Thread writer = new Thread(this::write, "writer");
    writer.start();
    try {
      one.clear();
      next("read");
      pipe.source().read(one);
    } catch (java.io.IOException e) {
      throw new IllegalStateException(e);
    }
    join(writer);
  }

  private void write() {
    LockSupport.parkNanos(WAIT_NS);
    try {
      pipe.sink().write(ByteBuffer.wrap(new byte[1]));
    } catch (java.io.IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void next(String what) {
    if (!lines.containsKey(what)) {
      int here =
          StackWalker.getInstance()
              .walk(frames -> frames.skip(1).findFirst().orElseThrow().getLineNumber());
      lines.put(what, here + 1);
    }
  }
}
