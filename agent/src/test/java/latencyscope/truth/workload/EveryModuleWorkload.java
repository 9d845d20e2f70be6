package latencyscope.truth.workload;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.Pipe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import jdk.jfr.Recording;
import latencyscope.truth.engine.ProcFile;

/**
 * One JVM that provokes, in known numbers, something for every module to see, and writes down what
 * the kernel itself has counted of it. Small enough for a machine that is emulated.
 *
 * <p>Threads are born after the capture has begun and are still there, parked, when the kernel's
 * accounts are read. The folder then holds {@code begin.jfr} and {@code end.jfr}, {@code
 * accounts.txt}, and copies of the kernel's tables from before and after each dump.
 */
public final class EveryModuleWorkload {
  /** Turns of each of two threads that wake each other. */
  public static final int TURNS = 300;

  /** Changes of the spinner's CPU. */
  public static final int MOVES = 10;

  /** Pages of anonymous memory that are touched one by one. */
  public static final int TOUCHES = 300;

  /** Pages of a file that is not in memory. */
  public static final int COLD_PAGES = 40;

  /** Mappings that are touched and taken away. */
  public static final int UNMAPS = 200;

  /** Naps of {@link #NAP_MS}. */
  public static final int NAPS = 30;

  /** Long enough that it is not over before the thread has gone to sleep. */
  public static final int NAP_MS = 20;

  /** Bytes that are waited for one by one. */
  public static final int READS = 20;

  /** Datagrams that are read, and as many that nobody reads. */
  public static final int DATAGRAMS = 40;

  private static final int PAGE = 4096;
  private static final int SYS_READ = 0; // x86-64, as all guests are
  private static final int START_LIMIT_S = 300;
  private static final List<String> EVERY_ONE =
      List.of(
          "RunQueueWait",
          "ContextSwitch",
          "Migration",
          "PageFault",
          "TlbShootdown",
          "NumaEvent",
          "FutexWait",
          "BlockingSyscall",
          "Sleep",
          "SocketDelivery",
          "PacketDrop");

  private static final List<String> INTERRUPTS = List.of("HardIrq", "SoftIrq", "LocalInterrupt");
  private static final Duration RARE = Duration.ofMillis(20);

  /** The agent is at rest when its thread uses less of a second than this. */
  private static final long REST_NS = 200_000_000;

  private static final int REST_LIMIT_S = 90;

  /** Longer than any nap, so that it is told from them. */
  private static final long BIRTH_MS = 300;

  private final Path folder;
  private final Map<String, Integer> threads = new ConcurrentHashMap<>();
  private final ConcurrentLinkedQueue<String> facts = new ConcurrentLinkedQueue<>();
  private final CountDownLatch hold = new CountDownLatch(1);
  private volatile boolean spinning = true;

  private EveryModuleWorkload(Path folder) {
    this.folder = folder;
  }

  /** Something that a thread does. */
  private interface Work {
    void run() throws Exception;
  }

  /**
   * Runs all loads.
   *
   * @param args folder for what it writes; a file of {@link #COLD_PAGES} pages that the kernel has
   *     not read yet
   */
  public static void main(String[] args) throws Exception {
    new EveryModuleWorkload(Path.of(args[0])).run(Path.of(args[1]));
  }

  private void run(Path cold) throws Exception {
    try (Recording recording = new Recording()) {
      EVERY_ONE.forEach(
          event -> recording.enable("latencyscope." + event).withThreshold(Duration.ZERO));
      // Where a machine is emulated, each interrupt takes so long that it would be told.
      INTERRUPTS.forEach(event -> recording.enable("latencyscope." + event).withThreshold(RARE));
      recording.start();
      if (!awaitCapture()) {
        recording.dump(folder.resolve("end.jfr"));
        System.out.println("the agent does not capture");
        System.exit(1);
      }
      awaitRest();
      dump(recording, "begin");
      pingPong();
      spinner();
      finish("toucher", this::touch);
      finish("cold-reader", () -> readCold(cold));
      storm();
      finish("napper", EveryModuleWorkload::nap);
      readBytes();
      datagrams();
      awaitRest(); // the threads, too, before their accounts are read
      writeAccounts();
      dump(recording, "end");
      hold.countDown();
    }
    System.out.println("done");
    System.exit(0);
  }

  static boolean awaitCapture() throws InterruptedException {
    for (int i = 0; i < START_LIMIT_S * 10; i++) {
      String state = System.getProperty("latencyscope.state", "");
      if (state.equals("capturing")) {
        return true;
      }
      if (state.equals("failed") || state.equals("stopped")) {
        return false;
      }
      Thread.sleep(100);
    }
    return false;
  }

  /**
   * Waits until the agent has caught up. On an emulated machine that takes it longer than a dump
   * waits for it.
   */
  static void awaitRest() throws IOException, InterruptedException {
    long before = drainNs();
    for (int i = 0; i < REST_LIMIT_S; i++) {
      Thread.sleep(1_000);
      long now = drainNs();
      if (now - before < REST_NS) {
        return;
      }
      before = now;
    }
  }

  /** CPU time of the agent's thread, by {@code schedstat}. */
  private static long drainNs() throws IOException {
    for (ProcFile thread : ProcFile.ownThreads()) {
      // As long as the kernel lets a name be.
      if (thread.text("Name").equals("latencyscope-dr")) {
        Path schedstat = Path.of("/proc/self/task", thread.text("Pid"), "schedstat");
        String said = Files.readString(schedstat);
        return Long.parseLong(said.substring(0, said.indexOf(' ')));
      }
    }
    throw new IllegalStateException("the agent has no drain thread");
  }

  /** With the kernel's own tables from before and after, between which the window's end falls. */
  private void dump(Recording recording, String at) throws IOException {
    copyTables(at + ".before");
    recording.dump(folder.resolve(at + ".jfr"));
    copyTables(at + ".after");
  }

  private void copyTables(String name) throws IOException {
    copy(name, "interrupts", "softirqs");
    copy(name + ".net", "net/snmp");
    copy(name + ".vm", "vmstat");
  }

  private void copy(String name, String... tables) throws IOException {
    List<String> lines = new ArrayList<>();
    for (String table : tables) {
      lines.addAll(Files.readAllLines(Path.of("/proc", table)));
    }
    Files.write(folder.resolve(name), lines);
  }

  /** Two threads that wake each other: every turn is a park, a wakeup and a wait. */
  private void pingPong() throws InterruptedException {
    CountDownLatch finished = new CountDownLatch(2);
    int[] turn = {0};
    Object lock = new Object();
    for (int side = 0; side < 2; side++) {
      int own = side;
      start(
          "player-" + side,
          () -> {
            for (int i = 0; i < TURNS; i++) {
              synchronized (lock) {
                while (turn[0] % 2 != own) {
                  lock.wait();
                }
                turn[0]++;
                lock.notify();
              }
            }
            finished.countDown();
          });
    }
    finished.await();
  }

  /** A thread that never gives up its CPU loses it to a competitor, and is sent from CPU to CPU. */
  private void spinner() throws Exception {
    spinning = true;
    start("spinner", this::spin);
    int id = threads.get("spinner");
    command("taskset -pc 1 " + id);
    Process competitor =
        new ProcessBuilder("taskset", "-c", "1", "timeout", "60", "sh", "-c", "while :; do :; done")
            .start();
    Thread.sleep(1_500);
    competitor.descendants().forEach(ProcessHandle::destroy);
    competitor.destroy();
    competitor.waitFor();
    facts.add("spinner-at " + 1);
    command(
        "for i in $(seq "
            + MOVES
            + "); do sleep 0.05; taskset -pc $(((i + 1) % 2)) "
            + id
            + "; done");
    spinning = false;
  }

  private void spin() {
    while (spinning) {
      Thread.onSpinWait();
    }
  }

  static void command(String line) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder("sh", "-ec", line)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new IllegalStateException(line + " failed");
    }
  }

  private void touch() {
    MemorySegment fresh = NativeMemory.anonymous(TOUCHES * (long) PAGE);
    for (int i = 0; i < TOUCHES; i++) {
      fresh.set(ValueLayout.JAVA_BYTE, (long) i * PAGE, (byte) 1);
    }
    facts.add("touched " + fresh.address() + " " + (fresh.address() + fresh.byteSize()));
  }

  private static void readCold(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      MemorySegment mapped = NativeMemory.readCold(file, channel.size());
      for (int i = 0; i < COLD_PAGES; i++) {
        mapped.get(ValueLayout.JAVA_BYTE, (long) i * PAGE);
      }
    }
  }

  /** One thread takes memory away that the other's CPU may still know of. */
  private void storm() throws Exception {
    spinning = true;
    CountDownLatch go = new CountDownLatch(1);
    CountDownLatch stormed = new CountDownLatch(1);
    start("victim", this::spin);
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
          }
          stormed.countDown();
        });
    command(
        "taskset -pc 1 " + threads.get("victim") + "; taskset -pc 0 " + threads.get("unmapper"));
    go.countDown();
    stormed.await();
    spinning = false;
  }

  private static void nap() throws InterruptedException {
    for (int i = 0; i < NAPS; i++) {
      Thread.sleep(NAP_MS);
    }
  }

  /** A thread that waits for each byte, and one that sends the next when the other waits. */
  private void readBytes() throws Exception {
    Pipe pipe = Pipe.open();
    CountDownLatch finished = new CountDownLatch(1);
    AtomicLong sleepsBefore = new AtomicLong(Long.MAX_VALUE);
    start(
        "pipe-reader",
        () -> {
          ByteBuffer one = ByteBuffer.allocateDirect(1);
          for (int i = 0; i < READS; i++) {
            one.clear();
            sleepsBefore.set(sleeps(threads.get("pipe-reader")));
            pipe.source().read(one);
          }
          finished.countDown();
        });
    for (int i = 0; i < READS; i++) {
      int reader = threads.get("pipe-reader");
      // On its way it may sleep to load a class; one that is being woken is still in its last read.
      while (sleeps(reader) <= sleepsBefore.get() || !isIn(SYS_READ, reader)) {
        Thread.sleep(10);
      }
      sleepsBefore.set(Long.MAX_VALUE);
      pipe.sink().write(ByteBuffer.allocate(1));
    }
    finished.await();
  }

  /** How often a thread has gone to sleep, by the kernel's count. */
  private static long sleeps(int id) throws IOException {
    return Files.readAllLines(Path.of("/proc/self/task", String.valueOf(id), "status")).stream()
        .filter(line -> line.startsWith("voluntary_ctxt_switches:"))
        .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(':') + 1).strip()))
        .sum();
  }

  /** Whether a thread that sleeps does so in a call. */
  private static boolean isIn(int call, int id) throws IOException {
    Path file = Path.of("/proc/self/task", String.valueOf(id), "syscall");
    return Files.readString(file).startsWith(call + " ");
  }

  private void datagrams() throws Exception {
    InetAddress loopback = InetAddress.getByName("127.0.0.1");
    int closed;
    try (DatagramSocket socket = new DatagramSocket(0, loopback)) {
      closed = socket.getLocalPort();
    }
    CountDownLatch finished = new CountDownLatch(1);
    try (DatagramSocket receiver = new DatagramSocket(0, loopback);
        DatagramSocket sender = new DatagramSocket(0, loopback)) {
      start(
          "md-reader",
          () -> {
            DatagramPacket packet = new DatagramPacket(new byte[64], 64);
            for (int i = 0; i < DATAGRAMS; i++) {
              receiver.receive(packet);
            }
            finished.countDown();
          });
      byte[] message = new byte[32];
      for (int i = 0; i < DATAGRAMS; i++) {
        sender.send(new DatagramPacket(message, 32, loopback, receiver.getLocalPort()));
        sender.send(new DatagramPacket(message, 32, loopback, closed));
        Thread.sleep(1);
      }
      finished.await();
      facts.add("ports " + receiver.getLocalPort() + " " + closed);
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
                threads.put(name, Integer.valueOf(self.getFileName().toString()));
                Thread.sleep(BIRTH_MS); // it takes the agent a while to learn who it is
                born.countDown();
                work.run();
                hold.await();
              } catch (Exception e) {
                e.printStackTrace();
                System.exit(2);
              }
            },
            name);
    thread.start();
    born.await();
  }

  private void writeAccounts() throws IOException {
    List<String> lines = new ArrayList<>(facts);
    for (Map.Entry<String, Integer> thread : threads.entrySet()) {
      Path task = Path.of("/proc/self/task", String.valueOf(thread.getValue()));
      lines.add(SchedulerWorkload.account(task));
      lines.add(
          "faults" + MemoryWorkload.account(task.resolve("stat")).substring("thread".length()));
      lines.add("name " + thread.getValue() + " " + thread.getKey());
    }
    Files.write(folder.resolve("accounts.txt"), lines);
  }
}
