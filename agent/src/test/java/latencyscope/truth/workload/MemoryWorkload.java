package latencyscope.truth.workload;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import jdk.jfr.Recording;

/**
 * A JVM that does known things to its memory under an agent, and afterwards writes down what the
 * kernel itself has counted for each of its threads, and what the threads have measured themselves.
 *
 * <p>Threads are born after the capture has begun and are still there, parked, when the kernel's
 * accounts are read. Talks with the test by lines: says {@code ready}, waits for {@code go}, says
 * {@code done}, waits for {@code stop}; a load may say {@code running} with its threads' ids and
 * wait for {@code on}.
 */
public final class MemoryWorkload {
  /** Pages of anonymous memory that are touched one by one. */
  public static final int TOUCHES = 5_000;

  /** Huge pages that are touched one by one. */
  public static final int HUGE_PAGES = 40;

  /** Pages of a file that is not in memory. */
  public static final int COLD_PAGES = 100;

  /** Mappings that are touched and taken away. */
  public static final int UNMAPS = 2_000;

  /** Mappings that follow one another at one address. */
  public static final int REMAPS = 300;

  /** Times that the kernel is told to compact its memory. */
  public static final int COMPACTIONS = 2;

  private static final int PAGE = 4096;

  /** Volatile, or else the compiler moves the access out from between two looks at the clock. */
  private static final VarHandle BYTE = ValueLayout.JAVA_BYTE.varHandle();

  private static final int WARM_UP = 20_000;

  private final BufferedReader in =
      new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
  private final CountDownLatch hold = new CountDownLatch(1);
  private final ConcurrentLinkedQueue<Integer> osThreadIds = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<String> measured = new ConcurrentLinkedQueue<>();
  private volatile boolean spinning = true;

  /**
   * Runs one load.
   *
   * @param args load, recording to write, file for the accounts
   */
  public static void main(String[] args) throws Exception {
    new MemoryWorkload().run(args[0], Path.of(args[1]), Path.of(args[2]));
  }

  private void run(String load, Path recordingFile, Path accounts) throws Exception {
    Files.write(accounts, interrupts("before"));
    try (Recording recording = new Recording()) {
      for (String event : List.of("PageFault", "TlbShootdown", "MemoryStall", "NumaEvent")) {
        recording.enable("latencyscope." + event).withThreshold(Duration.ZERO);
      }
      recording.start();
      Capturing.await();
      measured.addAll(interrupts("began"));
      say("ready");
      expect("go");
      Path file = recordingFile.resolveSibling("cold.bin");
      switch (load) {
        case "touch" -> finish("toucher", () -> touch(false));
        case "null-checks" -> finish("toucher", () -> touch(true));
        case "huge" -> finish("toucher", this::touchHuge);
        case "collapse" -> finish("toucher", this::collapse);
        case "cold" -> finish("reader", () -> readCold(file));
        case "late-map" -> finish("reader", () -> mapLate(file));
        case "remap" -> finish("reader", () -> remap(file, recordingFile.resolveSibling("b.bin")));
        case "storm" -> storm();
        case "compaction" -> finish("compactor", this::compact);
        default -> throw new IllegalArgumentException(load);
      }
      say("done");
      Thread.sleep(100); // the threads must have come to rest before their accounts are read
      for (int id : osThreadIds) {
        measured.add(account(Path.of("/proc/self/task", String.valueOf(id), "stat")));
      }
      expect("stop");
      measured.addAll(interrupts("ended"));
      recording.stop();
      recording.dump(recordingFile);
      measured.addAll(interrupts("after"));
      measured.addAll(ofHost("collapse-after", "thp_collapse_alloc", "thp_collapse_alloc_failed"));
      Files.write(accounts, measured, StandardOpenOption.APPEND);
      hold.countDown();
    }
  }

  /** Touches pages one by one, with a null check that fails before each or without. */
  private void touch(boolean nullChecks) {
    long[] took = new long[TOUCHES];
    timedTouches(NativeMemory.anonymous(WARM_UP * (long) PAGE), new long[WARM_UP]);
    MemorySegment fresh = NativeMemory.anonymous(TOUCHES * (long) PAGE);
    int failed = 0;
    if (nullChecks) {
      for (int i = 0; i < TOUCHES; i++) {
        try {
          dereference(i < 0 ? new int[1] : null);
        } catch (NullPointerException expected) {
          failed++;
        }
        took[i] = timedTouch(fresh, i);
      }
    } else {
      timedTouches(fresh, took);
    }
    measured.add("range " + fresh.address() + " " + (fresh.address() + fresh.byteSize()));
    measured.add("failed-null-checks " + failed);
    for (long ns : took) {
      measured.add("touch " + ns);
    }
  }

  /** Each of these faults is minor and takes as long as 2 MiB take to be cleared. */
  private void touchHuge() {
    MemorySegment memory = NativeMemory.hugePages(HUGE_PAGES);
    measured.add("range " + memory.address() + " " + (memory.address() + memory.byteSize()));
    for (int i = 0; i < HUGE_PAGES; i++) {
      measured.add("touch " + timedTouch(memory, i * NativeMemory.HUGE / PAGE));
    }
  }

  /** Small pages that become huge ones when the kernel is asked for it, then each in two halves. */
  private void collapse() throws IOException {
    MemorySegment memory = NativeMemory.hugePages(HUGE_PAGES);
    NativeMemory.smallPages(memory);
    for (long at = 0; at < memory.byteSize(); at += PAGE) {
      memory.set(ValueLayout.JAVA_BYTE, at, (byte) 1);
    }
    measured.addAll(ofHost("collapse-before", "thp_collapse_alloc", "thp_collapse_alloc_failed"));
    NativeMemory.collapse(memory);
    measured.addAll(ofHost("split-before", "thp_split_pmd"));
    for (int i = 0; i < HUGE_PAGES; i++) {
      NativeMemory.protect(memory.asSlice(i * (long) NativeMemory.HUGE, NativeMemory.HUGE / 2));
    }
    measured.addAll(ofHost("split-after", "thp_split_pmd"));
  }

  /** The sum of what the kernel has counted under these names for the whole host. */
  private static List<String> ofHost(String when, String... names) throws IOException {
    Set<String> wanted = Set.of(names);
    long sum =
        Files.readAllLines(Path.of("/proc/vmstat")).stream()
            .map(line -> line.split(" "))
            .filter(words -> wanted.contains(words[0]))
            .mapToLong(words -> Long.parseLong(words[1]))
            .sum();
    return List.of(when + " " + sum);
  }

  private static void timedTouches(MemorySegment memory, long[] took) {
    for (int i = 0; i < took.length; i++) {
      took[i] = timedTouch(memory, i);
    }
  }

  private static long timedTouch(MemorySegment memory, int page) {
    long before = System.nanoTime();
    BYTE.setVolatile(memory, (long) page * PAGE, (byte) 1);
    return System.nanoTime() - before;
  }

  /** The test keeps it from being compiled: the interpreter leaves null checks to the hardware. */
  private static int dereference(int[] array) {
    return array.length;
  }

  private void readCold(Path file) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.allocate(COLD_PAGES * PAGE));
      channel.force(true);
    }
    MemorySegment warm = NativeMemory.anonymous(PAGE);
    for (int i = 0; i < WARM_UP; i++) {
      timedRead(warm, 0);
    }
    MemorySegment mapped = NativeMemory.cold(file, COLD_PAGES * (long) PAGE);
    measured.add("range " + mapped.address() + " " + (mapped.address() + mapped.byteSize()));
    long[] took = new long[COLD_PAGES];
    for (int i = 0; i < COLD_PAGES; i++) {
      took[i] = timedRead(mapped, i);
    }
    for (long ns : took) {
      measured.add("touch " + ns);
    }
  }

  /** A file where memory was that the agent has seen: of the same size, so that no size changes. */
  private void mapLate(Path file) throws Exception {
    Files.write(file, new byte[COLD_PAGES * PAGE]);
    MemorySegment memory = NativeMemory.anonymous(COLD_PAGES * (long) PAGE);
    timedTouches(memory, new long[COLD_PAGES]);
    Thread.sleep(2_500); // the agent looks once a second
    NativeMemory.unmap(memory);
    timedTouches(NativeMemory.warm(file, COLD_PAGES * (long) PAGE), new long[COLD_PAGES]);
  }

  /** One of two files or none in turns, where the one before it was. */
  private void remap(Path one, Path other) throws Exception {
    List<Path> files = List.of(one, other);
    for (Path file : files) {
      Files.write(file, new byte[PAGE]);
      NativeMemory.warm(file, PAGE); // stays, for the agent to find the name
    }
    for (int i = 0; i < REMAPS; i++) {
      int turn = i % 3;
      MemorySegment memory =
          turn == 2 ? NativeMemory.anonymous(PAGE) : NativeMemory.warm(files.get(turn), PAGE);
      timedTouch(memory, 0);
      String name = turn == 2 ? "anonymous" : files.get(turn).toString();
      measured.add("mapped " + memory.address() + " " + name);
      NativeMemory.unmap(memory);
    }
  }

  /** The file holds zeros. */
  private static long timedRead(MemorySegment memory, int page) {
    long before = System.nanoTime();
    byte zero = (byte) BYTE.getVolatile(memory, (long) page * PAGE);
    return System.nanoTime() - before + zero;
  }

  private void storm() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    CountDownLatch stormed = new CountDownLatch(1);
    start(
        "victim",
        () -> {
          while (spinning) {
            Thread.onSpinWait();
          }
        });
    start(
        "unmapper",
        () -> {
          go.await();
          for (int i = 0; i < UNMAPS; i++) {
            MemorySegment memory = NativeMemory.anonymous(4 * PAGE);
            for (int page = 0; page < 4; page++) {
              memory.set(ValueLayout.JAVA_BYTE, (long) page * PAGE, (byte) 1);
            }
            NativeMemory.unmap(memory);
            // Spread over many turns of whatever else wants the victim's CPU.
            LockSupport.parkNanos(200_000);
          }
          stormed.countDown();
        });
    say("running");
    expect("on");
    go.countDown();
    stormed.await();
    spinning = false;
  }

  private void compact() throws IOException {
    for (int i = 0; i < COMPACTIONS; i++) {
      long before = System.nanoTime();
      Files.writeString(Path.of("/proc/sys/vm/compact_memory"), "1");
      measured.add("touch " + (System.nanoTime() - before));
    }
  }

  private void finish(String name, Work work) throws InterruptedException {
    CountDownLatch done = new CountDownLatch(1);
    start(
        name,
        () -> {
          work.run();
          done.countDown();
        });
    done.await();
  }

  private void start(String name, Work work) throws InterruptedException {
    CountDownLatch born = new CountDownLatch(1);
    Thread thread =
        new Thread(
            () -> {
              try {
                Path self = Path.of("/proc/thread-self").toRealPath();
                osThreadIds.add(Integer.valueOf(self.getFileName().toString()));
                born.countDown();
                // On a busy machine it takes the agent a while to learn who a new thread is.
                Thread.sleep(300);
                work.run();
                hold.await();
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            },
            name);
    thread.start();
    born.await();
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

  /** One line: id, minor and major faults. */
  static String account(Path stat) throws IOException {
    String line = Files.readString(stat);
    // The name is in parentheses and may contain anything; state is the third field.
    String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ");
    return String.join(" ", "thread", line.substring(0, line.indexOf(' ')), fields[7], fields[9]);
  }

  /** One line for each CPU: what the TLB line says of it. */
  private static List<String> interrupts(String when) throws IOException {
    List<String> lines = new ArrayList<>();
    for (String line : Files.readAllLines(Path.of("/proc/interrupts"))) {
      String[] words = line.strip().split("\\s+");
      for (int cpu = 0; words[0].equals("TLB:") && cpu + 1 < words.length; cpu++) {
        if (words[cpu + 1].matches("\\d+")) {
          lines.add(String.join(" ", "tlb", when, String.valueOf(cpu), words[cpu + 1]));
        }
      }
    }
    return lines;
  }

  /** Something that a thread does. */
  private interface Work {
    void run() throws Exception;
  }
}
