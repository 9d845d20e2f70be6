package latencyscope.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What the target uses its memory for: heap, code cache and metaspace of this JVM, stacks of any
 * process's threads, mapped files, and the rest.
 *
 * <p>Asked for about once a second, so memory that was given a use since is not known yet. Used by
 * one thread at a time.
 */
final class TargetMemory implements AutoCloseable {
  private static final long LOOK_ANYWAY_NS = 5_000_000_000L;

  /** Fields of {@code /proc/PID/stat}, and which comes first behind the name. */
  private static final int FIRST = 3;

  private static final int NUM_THREADS = 20;
  private static final int VSIZE = 23;

  private String lastSizes;
  private long lastLookNs;

  private final Path process;
  private final ThreadStacks stacks;
  private final HotSpotMemory hotSpot;

  /**
   * Creates it with nothing known.
   *
   * @param process the target's folder in {@code /proc}; null if there is no single target
   * @param threads finds the stacks of this JVM's threads; null if another process is the target
   */
  TargetMemory(Path process, HotSpotThreads threads) {
    this.process = process;
    stacks = new ThreadStacks(process, threads);
    hotSpot = threads == null ? null : hotSpot();
  }

  static TargetMemory of(CaptureSettings settings, HotSpotThreads threads) {
    Path process = settings.pid() == CaptureSettings.ALL ? null : Target.folder(settings.pid());
    return new TargetMemory(process, threads);
  }

  /**
   * Whether its use may be another than at the last call. Asking what it is takes a few
   * milliseconds of CPU time in a JVM, this some microseconds: size and number of threads tell of
   * nearly all changes, and where they do not, a look now and then does.
   *
   * @param nowNs of {@link System#nanoTime}
   */
  boolean mayHaveChanged(long nowNs) {
    if (process == null) {
      return false;
    }
    String sizes = sizes();
    if (sizes.equals(lastSizes) && nowNs - lastLookNs < LOOK_ANYWAY_NS) {
      return false;
    }
    lastSizes = sizes;
    lastLookNs = nowNs;
    return true;
  }

  /** Bytes of address space and number of threads; "" of a target that has ended. */
  private String sizes() {
    try {
      String stat = Files.readString(process.resolve("stat"));
      // The name before may hold anything. Numbers as in proc(5), which counts from 1.
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
      return fields[NUM_THREADS - FIRST] + " " + fields[VSIZE - FIRST];
    } catch (IOException ended) {
      return "";
    }
  }

  /** What is known now, ascending and disjoint; nothing of a target that has ended. */
  List<AddressRange> ranges() {
    if (process == null) {
      return List.of();
    }
    try {
      return ranges(ProcMaps.read(process));
    } catch (IOException ended) {
      return List.of();
    }
  }

  private List<AddressRange> ranges(List<ProcMaps.Mapping> mappings) {
    List<AddressRange> known = new ArrayList<>(stacks.ranges(mappings));
    if (hotSpot != null) {
      known.addAll(hotSpot.ranges(mappings));
    }
    return AddressRange.over(known, mappings.stream().map(TargetMemory::asKernelKnowsIt).toList());
  }

  private static AddressRange asKernelKnowsIt(ProcMaps.Mapping mapping) {
    MemoryRegion region =
        mapping.inode() != 0
            ? MemoryRegion.MAPPED_FILE
            : mapping.path().equals("[stack]") ? MemoryRegion.THREAD_STACK : MemoryRegion.ANONYMOUS;
    return new AddressRange(mapping.begin(), mapping.end(), region);
  }

  private static HotSpotMemory hotSpot() {
    try {
      return HotSpotMemory.open();
    } catch (IOException e) {
      Complaints.say("memory of the JVM is told as anonymous", e);
      return null;
    }
  }

  @Override
  public void close() throws IOException {
    if (hotSpot != null) {
      hotSpot.close();
    }
  }
}
