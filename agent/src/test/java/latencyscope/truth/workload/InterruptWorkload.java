package latencyscope.truth.workload;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import jdk.jfr.Recording;

/**
 * A JVM under the agent that provokes interrupts, and writes down the kernel's own counts of them
 * on both sides of each end of the captured window.
 *
 * <p>The window is between two dumps of one recording: each has all that was counted until then. In
 * the folder given, {@code begin.before}, {@code begin.after}, {@code end.before} and {@code
 * end.after} are copies of {@code /proc/interrupts} and {@code /proc/softirqs}.
 *
 * <p>Talks with the test by lines: says {@code ready}, waits for {@code go}, says {@code done}.
 */
public final class InterruptWorkload {
  private static final long SYS_MEMBARRIER = 324;
  private static final int REGISTER_PRIVATE_EXPEDITED = 16;
  private static final int PRIVATE_EXPEDITED = 8;
  private static final int MAX_GAPS = 1 << 20;

  /** A gap is what takes the spinner this much longer than its own loop does. */
  private static final long GAP_NS = 200;

  private static final long LIFE_NS = 10_000_000;

  private final BufferedReader in =
      new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
  private final Path folder;

  private InterruptWorkload(Path folder) {
    this.folder = folder;
  }

  /**
   * Runs one load.
   *
   * @param args load, folder to write to, and how often or how many milliseconds
   */
  public static void main(String[] args) throws Throwable {
    new InterruptWorkload(Path.of(args[1])).run(args[0], Integer.parseInt(args[2]));
  }

  private void run(String load, int amount) throws Throwable {
    try (Recording recording = new Recording()) {
      for (String event : List.of("HardIrq", "SoftIrq", "LocalInterrupt")) {
        recording.enable("latencyscope." + event).withThreshold(Duration.ZERO);
      }
      recording.start();
      Capturing.await();
      switch (load) {
        case "mixed" -> mixed(recording, amount);
        case "loopback" -> loopback(recording, amount);
        case "membarrier" -> membarriers(recording, amount);
        case "spin" -> spin(recording, amount);
        case "lives" -> lives(recording, amount);
        default -> throw new IllegalArgumentException(load);
      }
      System.out.println("done");
    }
  }

  private void awaitGo(String what) throws IOException {
    System.out.println("ready " + what);
    String line = in.readLine();
    if (!"go".equals(line)) {
      throw new IllegalStateException("expected go, got " + line);
    }
  }

  private void bound(Recording recording, String end) throws IOException {
    account(end + ".before");
    recording.dump(folder.resolve(end + ".jfr"));
    account(end + ".after");
  }

  private void account(String name) throws IOException {
    Files.writeString(
        folder.resolve(name),
        Files.readString(Path.of("/proc/interrupts"))
            + Files.readString(Path.of("/proc/softirqs")));
  }

  private static String self() throws IOException {
    return Path.of("/proc/thread-self").toRealPath().getFileName().toString();
  }

  /** Everything that this can provoke, for a while. */
  private void mixed(Recording recording, int millis) throws Throwable {
    MethodHandle membarrier = membarrier();
    awaitGo(self());
    bound(recording, "begin");
    try (FileChannel file =
            FileChannel.open(
                folder.resolve("block"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        DatagramChannel socket = loop()) {
      ByteBuffer bytes = ByteBuffer.allocate(4_096);
      long end = System.nanoTime() + millis * 1_000_000L;
      while (System.nanoTime() < end) {
        file.write(bytes.clear(), 0);
        file.force(true);
        for (int i = 0; i < 100; i++) {
          exchange(socket, bytes.clear().limit(64));
        }
        barrier(membarrier);
        Thread.sleep(2);
      }
    }
    bound(recording, "end");
  }

  private static DatagramChannel loop() throws IOException {
    DatagramChannel socket = DatagramChannel.open();
    socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    socket.connect(socket.getLocalAddress());
    return socket;
  }

  private static void exchange(DatagramChannel socket, ByteBuffer bytes) throws IOException {
    socket.write(bytes);
    bytes.clear();
    socket.read(bytes);
  }

  /** A thread that sends to itself: every send raises a softirq that runs within it. */
  private void loopback(Recording recording, int count) throws IOException {
    awaitGo(self());
    bound(recording, "begin");
    try (DatagramChannel socket = loop()) {
      ByteBuffer bytes = ByteBuffer.allocateDirect(64);
      for (int i = 0; i < count; i++) {
        exchange(socket, bytes.clear());
      }
    }
    bound(recording, "end");
  }

  /** A thread that asks every CPU on which this process runs for a barrier; another that spins. */
  private void membarriers(Recording recording, int count) throws Throwable {
    MethodHandle membarrier = membarrier();
    CountDownLatch spinning = new CountDownLatch(1);
    String[] id = new String[1];
    Thread spinner =
        new Thread(
            () -> {
              try {
                id[0] = self();
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
              spinning.countDown();
              while (!Thread.interrupted()) {
                Thread.onSpinWait();
              }
            },
            "spinner");
    spinner.start();
    spinning.await();
    awaitGo(self() + " " + id[0]);
    bound(recording, "begin");
    for (int i = 0; i < count; i++) {
      barrier(membarrier);
      Thread.sleep(0, 200_000);
    }
    bound(recording, "end");
    spinner.interrupt();
    spinner.join();
  }

  private static void barrier(MethodHandle membarrier) throws Throwable {
    if ((long) membarrier.invokeExact(SYS_MEMBARRIER, PRIVATE_EXPEDITED, 0) != 0) {
      throw new IllegalStateException("membarrier is refused");
    }
  }

  @SuppressWarnings("restricted") // the JDK has no way to ask for a barrier
  private static MethodHandle membarrier() throws Throwable {
    Linker linker = Linker.nativeLinker();
    MethodHandle syscall =
        linker.downcallHandle(
            linker.defaultLookup().find("syscall").orElseThrow(),
            FunctionDescriptor.of(
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT),
            Linker.Option.firstVariadicArg(1));
    if ((long) syscall.invokeExact(SYS_MEMBARRIER, REGISTER_PRIVATE_EXPEDITED, 0) != 0) {
      throw new IllegalStateException("the kernel has no membarrier");
    }
    return syscall;
  }

  /** Threads that spin for some ticks each, one after the other. */
  private void lives(Recording recording, int count) throws Exception {
    awaitGo(self());
    bound(recording, "begin");
    for (int i = 0; i < count; i++) {
      Thread life =
          new Thread(
              () -> {
                long end = System.nanoTime() + LIFE_NS;
                while (System.nanoTime() < end) {
                  Thread.onSpinWait();
                }
              },
              "life-" + i);
      life.start();
      life.join();
    }
    bound(recording, "end");
  }

  /** Reads the clock all the time and notes where it jumps: someone else had the CPU. */
  private void spin(Recording recording, int millis) throws IOException {
    long[] from = new long[MAX_GAPS];
    long[] to = new long[MAX_GAPS];
    awaitGo(self());
    bound(recording, "begin");
    String before = Files.readString(Path.of("/proc/thread-self/schedstat"));
    int gaps = 0;
    long last = System.nanoTime();
    long end = last + millis * 1_000_000L;
    while (last < end && gaps < MAX_GAPS) {
      long now = System.nanoTime();
      if (now - last > GAP_NS) {
        from[gaps] = last;
        to[gaps++] = now;
      }
      last = now;
    }
    String after = Files.readString(Path.of("/proc/thread-self/schedstat"));
    bound(recording, "end");
    List<String> lines = new ArrayList<>(List.of(before.strip(), after.strip()));
    for (int i = 0; i < gaps; i++) {
      lines.add(from[i] + " " + to[i]);
    }
    Files.write(folder.resolve("gaps"), lines);
  }
}
