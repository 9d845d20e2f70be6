package latencyscope.guest.broker;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import latencyscope.guest.hotspot.AddressRange;
import latencyscope.guest.hotspot.HotSpotMemory;
import latencyscope.guest.hotspot.HotSpotThreads;
import latencyscope.guest.settings.Complaints;
import latencyscope.guest.thread.ThreadStacks;
import latencyscope.proc.MemoryMap;

/** What this JVM uses its memory for, looked at once in a while. Used by one thread at a time. */
final class OwnMemory implements AutoCloseable {
  private static final Path PROCESS = Path.of("/proc/self");

  /** A look takes some milliseconds of CPU time, and memory. */
  private static final long LOOK_NS = 10_000_000_000L;

  /** Null if this JVM does not say. */
  private final HotSpotMemory memory;

  private final ThreadStacks stacks;
  private List<AddressRange> last = List.of();
  private long nextLookNs = System.nanoTime();

  OwnMemory(HotSpotThreads threads) {
    memory = open();
    stacks = new ThreadStacks(PROCESS, threads);
  }

  private static HotSpotMemory open() {
    try {
      return HotSpotMemory.open();
    } catch (IOException e) {
      Complaints.say("cannot read the regions of the JVM; calling them anonymous", e);
      return null;
    }
  }

  /** What it is now; null if that is not known to have changed. */
  List<AddressRange> changed() {
    long now = System.nanoTime();
    if (now - nextLookNs < 0) {
      return null;
    }
    nextLookNs = now + LOOK_NS;
    List<AddressRange> ranges = look();
    if (ranges.equals(last)) {
      return null;
    }
    last = ranges;
    return ranges;
  }

  private List<AddressRange> look() {
    try {
      List<MemoryMap.Mapping> mappings = MemoryMap.read(PROCESS);
      List<AddressRange> ranges = new ArrayList<>(stacks.ranges(mappings));
      if (memory != null) {
        ranges.addAll(memory.ranges(mappings));
      }
      return AddressRange.disjoint(ranges);
    } catch (IOException e) {
      return last; // the broker calls the rest anonymous
    }
  }

  @Override
  public void close() throws IOException {
    if (memory != null) {
      memory.close();
    }
  }
}
