package latencyscope.agent.memory;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import latencyscope.guest.hotspot.AddressRange;
import latencyscope.guest.hotspot.HotSpotMemory;
import latencyscope.guest.hotspot.HotSpotThreads;
import latencyscope.guest.hotspot.MemoryRegion;
import latencyscope.guest.settings.CaptureSettings;
import latencyscope.guest.settings.Complaints;
import latencyscope.guest.thread.ThreadStacks;
import latencyscope.proc.MemoryMap;
import latencyscope.proc.ProcessFiles;

/**
 * What the target uses its memory for: heap, code cache and metaspace of this JVM, stacks of any
 * process's threads, mapped files, and the rest.
 *
 * <p>Asked for about once a second, so memory that was given a use since is not known yet. Used by
 * one thread at a time.
 */
public final class TargetMemory implements AutoCloseable {
  private static final long MAP_NS = 5_000_000_000L;

  /** How often to look for stacks that were not found, which takes some 100 KB of heap. */
  private static final long MISSING_NS = 60_000_000_000L;

  private long lastSizes = ProcessSize.GONE;
  private long lastMap = MapOutline.GONE;
  private long lastMapNs;
  private long lastLookNs;

  private final Path process;
  private final ProcessSize size;
  private final MapOutline map;
  private final ThreadStacks stacks;
  private final HotSpotMemory hotSpot;

  /** What the target has said itself, where it is another process. */
  private List<AddressRange> said = List.of();

  /**
   * Creates it with nothing known.
   *
   * @param process the target's folder in {@code /proc}; null if there is no single target
   * @param threads finds the stacks of this JVM's threads; null if another process is the target
   */
  public TargetMemory(Path process, HotSpotThreads threads) {
    this.process = process;
    size = process == null ? null : new ProcessSize(process);
    map = process == null ? null : new MapOutline(process);
    stacks = new ThreadStacks(process, threads);
    hotSpot = threads == null ? null : hotSpot();
  }

  public static TargetMemory of(CaptureSettings settings, HotSpotThreads threads) {
    Path process =
        settings.pid() == CaptureSettings.ALL ? null : CaptureSettings.folder(settings.pid());
    return new TargetMemory(process, threads);
  }

  /**
   * Whether its use may be another than at the last call. Asking what it is takes a few
   * milliseconds of CPU time and memory in a JVM, this some microseconds and none: size and number
   * of threads show nearly all changes. Where they do not, the outline of the kernel's list of
   * mappings does, which is compared every 5 s.
   *
   * @param nowNs of {@link System#nanoTime}
   */
  public boolean mayHaveChanged(long nowNs) {
    if (process == null) {
      return false;
    }
    long sizes = size.fingerprint();
    boolean changed = sizes != lastSizes;
    if (!changed && nowNs - lastMapNs < MAP_NS) {
      return false;
    }
    lastSizes = sizes;
    lastMapNs = nowNs;
    long mapNow = map.take();
    changed |= mapNow != lastMap || mapNow == MapOutline.GONE;
    lastMap = mapNow;
    changed |= stacks.areMissing() && nowNs - lastLookNs >= MISSING_NS;
    lastLookNs = changed ? nowNs : lastLookNs;
    return changed;
  }

  /** Takes what another process says of its memory. */
  public void said(List<AddressRange> ranges) {
    said = List.copyOf(ranges);
    lastMap = MapOutline.GONE; // as if it had changed
    lastSizes = ProcessSize.GONE;
  }

  /** What is known now, ascending and disjoint; nothing of a target that has ended. */
  public List<AddressRange> ranges() {
    if (process == null) {
      return List.of();
    }
    try {
      return ranges(MemoryMap.read(new ProcessFiles(process).folder()));
    } catch (IOException ended) {
      return List.of();
    }
  }

  private List<AddressRange> ranges(List<MemoryMap.Mapping> mappings) {
    List<AddressRange> known = new ArrayList<>(stacks.ranges(mappings));
    known.addAll(said);
    if (hotSpot != null) {
      known.addAll(hotSpot.ranges(mappings));
    }
    return AddressRange.over(known, mappings.stream().map(TargetMemory::kernelRange).toList());
  }

  private static AddressRange kernelRange(MemoryMap.Mapping mapping) {
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
      Complaints.say("cannot read the regions of the JVM; calling them anonymous", e);
      return null;
    }
  }

  @Override
  public void close() throws IOException {
    if (size != null) {
      size.close();
      map.close();
    }
    if (hotSpot != null) {
      hotSpot.close();
    }
  }
}
