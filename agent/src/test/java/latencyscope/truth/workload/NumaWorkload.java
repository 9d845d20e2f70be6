package latencyscope.truth.workload;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import jdk.jfr.Recording;

/**
 * A JVM on a machine of two NUMA nodes: one thread has pages moved by a system call, one is sent
 * away from its memory, which the kernel's balancing then brings after it, and one is let go where
 * it is far from memory that is bound to its node, so that the balancing moves the thread. One
 * touches memory that it has from the other node, and one makes objects on its own.
 *
 * <p>The folder then holds {@code end.jfr}, {@code accounts.txt}, and the kernel's {@code vmstat}
 * from before and after, and its {@code numa_maps}.
 */
@SuppressWarnings("restricted")
public final class NumaWorkload {
  /** Pages that are moved by a system call. */
  public static final int MOVED = 200;

  /** Pages that a thread gets from the other node. */
  public static final int REMOTE = 300;

  private static final int BALANCED = 2_048;
  private static final int OBJECTS = 12 << 20;
  private static final int SECONDS = 20;
  private static final int ROAMS = 3;
  private static final int PAGE = 4096;
  private static final long SYS_MOVE_PAGES = 279;
  private static final long SYS_SET_MEMPOLICY = 238;
  private static final int MPOL_DEFAULT = 0;
  private static final int MPOL_BIND = 2;
  private static final int MPOL_F_NUMA_BALANCING = 1 << 13;
  private static final int MPOL_MF_MOVE = 2;
  private static final MethodHandle SYSCALL =
      Linker.nativeLinker()
          .downcallHandle(
              Linker.nativeLinker().defaultLookup().findOrThrow("syscall"),
              FunctionDescriptor.of(
                  JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG, ADDRESS, ADDRESS, ADDRESS, JAVA_INT));

  private static final MethodHandle SCHED_GETCPU =
      Linker.nativeLinker()
          .downcallHandle(
              Linker.nativeLinker().defaultLookup().findOrThrow("sched_getcpu"),
              FunctionDescriptor.of(JAVA_INT));

  private static volatile byte[] kept;

  private final List<String> facts = new ArrayList<>();
  private final int last = Runtime.getRuntime().availableProcessors() - 1;

  private NumaWorkload() {}

  /** Something that a thread does. */
  private interface Work {
    void run(long osThreadId) throws Throwable;
  }

  /**
   * Runs all loads.
   *
   * @param args folder for what it writes
   */
  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[0]);
    vmstat(folder.resolve("vmstat.before")); // the capture's counts begin later
    try (Recording recording = new Recording()) {
      for (String event : List.of("NumaEvent", "Migration", "PageFault")) {
        recording.enable("latencyscope." + event).withThreshold(Duration.ZERO);
      }
      recording.enable("jdk.GCHeapSummary");
      recording.start();
      if (!EveryModuleWorkload.awaitCapture()) {
        throw new IllegalStateException("the agent does not capture");
      }
      EveryModuleWorkload.awaitRest();
      NumaWorkload load = new NumaWorkload();
      load.onThread("maker", load::makeObjects);
      load.onThread("remote", load::touchRemote);
      load.onThread("mover", load::move);
      load.onThread("left-behind", load::leaveBehind);
      load.onThread("roamer", load::roam);
      // What is compared as it is at the end must not be moved while it is looked at.
      Files.writeString(Path.of("/proc/sys/kernel/numa_balancing"), "0");
      System.gc(); // touches what was about to be moved; its event says where the heap is
      EveryModuleWorkload.awaitRest();
      Files.write(folder.resolve("numa_maps"), Files.readAllLines(Path.of("/proc/self/numa_maps")));
      recording.dump(folder.resolve("end.jfr"));
      vmstat(folder.resolve("vmstat.after"));
      Files.write(folder.resolve("accounts.txt"), load.facts);
    }
    System.out.println("done");
    System.exit(0);
  }

  private static void vmstat(Path copy) throws IOException {
    Files.write(copy, Files.readAllLines(Path.of("/proc/vmstat")));
  }

  private void onThread(String name, Work work) throws InterruptedException {
    Thread thread =
        new Thread(
            () -> {
              try {
                Path self = Path.of("/proc/thread-self").toRealPath();
                long id = Long.parseLong(self.getFileName().toString());
                facts.add("name " + id + " " + name);
                work.run(id);
              } catch (Throwable e) {
                e.printStackTrace();
                System.exit(2);
              }
            },
            name);
    thread.start();
    thread.join();
  }

  private void makeObjects(long id) throws Throwable {
    pin(id, String.valueOf(last));
    kept = new byte[OBJECTS];
  }

  private void touchRemote(long id) throws Throwable {
    pin(id, String.valueOf(last));
    MemorySegment memory = NativeMemory.anonymous(REMOTE * (long) PAGE);
    NativeMemory.smallPages(memory);
    policy(MPOL_BIND, 1); // node 0 alone
    for (int i = 0; i < REMOTE; i++) {
      memory.set(ValueLayout.JAVA_BYTE, (long) i * PAGE, (byte) 1);
    }
    policy(MPOL_DEFAULT, 0);
    facts.add("remote " + onNode(memory, REMOTE, 0, false));
    facts.add("remoteAt " + memory.address());
  }

  private static void policy(int mode, long nodes) throws Throwable {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment mask = arena.allocateFrom(JAVA_LONG, nodes);
      MemorySegment bits = MemorySegment.ofAddress(mode == MPOL_DEFAULT ? 0 : Long.SIZE);
      long at = mode == MPOL_DEFAULT ? 0 : mask.address();
      long result =
          (long)
              SYSCALL.invokeExact(
                  SYS_SET_MEMPOLICY, mode, at, bits, MemorySegment.NULL, MemorySegment.NULL, 0);
      if (result < 0) {
        throw new IllegalStateException("set_mempolicy failed");
      }
    }
  }

  private void move(long id) throws Throwable {
    pin(id, "0");
    MemorySegment memory = touched(MOVED);
    facts.add("moved " + onNode(memory, MOVED, 1, true));
  }

  private void leaveBehind(long id) throws Throwable {
    pin(id, "0");
    MemorySegment memory = touched(BALANCED);
    long before = onNode(memory, BALANCED, 1, false);
    pin(id, String.valueOf(last));
    use(memory);
    facts.add("followed " + (onNode(memory, BALANCED, 1, false) - before) + " " + BALANCED);
  }

  private void roam(long id) throws Throwable {
    // Faults tell the balancing where this memory is used from; it cannot bring it there.
    policy(MPOL_BIND | MPOL_F_NUMA_BALANCING, 2); // node 1 alone
    MemorySegment memory = touched(BALANCED);
    for (int i = 0; i < ROAMS; i++) {
      pin(id, "0");
      pin(id, "0-" + last);
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
      while ((int) SCHED_GETCPU.invokeExact() <= last / 2 && System.nanoTime() < end) {
        touch(memory);
      }
    }
    policy(MPOL_DEFAULT, 0);
  }

  private static MemorySegment touched(int pages) {
    MemorySegment memory = NativeMemory.anonymous(pages * (long) PAGE);
    touch(memory);
    return memory;
  }

  private static void use(MemorySegment memory) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    while (System.nanoTime() < end) {
      touch(memory);
    }
  }

  private static void touch(MemorySegment memory) {
    for (long at = 0; at < memory.byteSize(); at += PAGE) {
      memory.set(ValueLayout.JAVA_BYTE, at, (byte) 1);
    }
  }

  /** How many pages are on a node, as {@code move_pages} says; which may move them there first. */
  private static long onNode(MemorySegment memory, int pages, int node, boolean move)
      throws Throwable {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment addresses = arena.allocate(JAVA_LONG, pages);
      MemorySegment nodes = arena.allocate(JAVA_INT, pages);
      MemorySegment status = arena.allocate(JAVA_INT, pages);
      for (int i = 0; i < pages; i++) {
        addresses.setAtIndex(JAVA_LONG, i, memory.address() + i * (long) PAGE);
        nodes.setAtIndex(JAVA_INT, i, node);
      }
      MemorySegment wanted = move ? nodes : MemorySegment.NULL; // none: only asks
      long result =
          (long)
              SYSCALL.invokeExact(
                  SYS_MOVE_PAGES,
                  0,
                  (long) pages,
                  addresses,
                  wanted,
                  status,
                  move ? MPOL_MF_MOVE : 0);
      if (result < 0) {
        throw new IllegalStateException("move_pages failed");
      }
      long there = 0;
      for (int i = 0; i < pages; i++) {
        there += status.getAtIndex(JAVA_INT, i) == node ? 1 : 0;
      }
      return there;
    }
  }

  private static void pin(long id, String cpus) throws Exception {
    EveryModuleWorkload.command("taskset -pc " + cpus + " " + id);
  }
}
