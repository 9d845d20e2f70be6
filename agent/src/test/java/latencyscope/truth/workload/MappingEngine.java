package latencyscope.truth.workload;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import jdk.jfr.Event;
import jdk.jfr.Name;
import jdk.jfr.Recording;

/**
 * A thread that maps memory and gives it back, while another changes the rights of much memory of
 * the same process over and over: that one has the process's mmap_lock, and the first waits for it.
 */
public final class MappingEngine {
  /** Name of the thread that waits. */
  public static final String WAITER = "waiter";

  /** Name of the thread that has the lock. */
  public static final String HOLDER = "holder";

  private static final long MUCH = 256 << 20;
  private static final long LITTLE = 1 << 16;
  private static final int PAGE = 4096;
  private static final long LASTS_MS = 2_000;

  private static volatile boolean over;

  private MappingEngine() {}

  /** One mapping, and its end. */
  @Name("test.Mapping")
  static final class Mapping extends Event {}

  /**
   * Runs the load at the line {@code go}, and writes the recording at {@code stop}.
   *
   * @param args recording to write
   */
  public static void main(String[] args) throws Exception {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    MemorySegment much = NativeMemory.anonymous(MUCH);
    NativeMemory.smallPages(much);
    for (long at = 0; at < MUCH; at += PAGE) {
      much.set(ValueLayout.JAVA_BYTE, at, (byte) 1);
    }
    Thread holder = new Thread(() -> hold(much), HOLDER);
    Thread waiter = new Thread(MappingEngine::map, WAITER);
    try (Recording recording = new Recording()) {
      recording.enable("latencyscope.KernelLockWait").withThreshold(Duration.ZERO);
      recording.enable("latencyscope.ContextSwitch").withThreshold(Duration.ZERO);
      recording.enable("latencyscope.RunQueueWait").withThreshold(Duration.ZERO);
      recording.enable("test.Mapping").withThreshold(Duration.ofMillis(1));
      recording.enable("jdk.ThreadStart");
      recording.start();
      Capturing.await();
      System.out.println("ready");
      expect(in, "go");
      holder.start();
      waiter.start();
      holder.join();
      waiter.join();
      System.out.println("done");
      expect(in, "stop");
      recording.stop();
      recording.dump(Path.of(args[0]));
    }
  }

  private static void hold(MemorySegment much) {
    long end = System.nanoTime() + LASTS_MS * 1_000_000;
    while (System.nanoTime() < end) {
      NativeMemory.protect(much);
      NativeMemory.allow(much);
    }
    over = true;
  }

  private static void map() {
    System.out.println("waiter " + ownId());
    while (!over) {
      Mapping event = new Mapping();
      event.begin();
      NativeMemory.unmap(NativeMemory.anonymous(LITTLE));
      event.commit();
    }
  }

  private static long ownId() {
    try {
      return Long.parseLong(Path.of("/proc/thread-self").toRealPath().getFileName().toString());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void expect(BufferedReader in, String word) throws IOException {
    String line = in.readLine();
    if (!word.equals(line)) {
      throw new IllegalStateException("expected " + word + ", got " + line);
    }
  }
}
