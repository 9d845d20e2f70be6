package latencyscope.guest.thread;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import latencyscope.guest.hotspot.AddressRange;
import latencyscope.guest.hotspot.HotSpotThreads;
import latencyscope.guest.hotspot.MemoryRegion;
import latencyscope.proc.KernelFile;
import latencyscope.proc.MemoryMap;

/**
 * The stacks of a process's threads.
 *
 * <p>Of this JVM's Java threads HotSpot knows them. Of others it is the mapping that the stack
 * pointer is in, which {@code /proc/PID/task/TID/syscall} shows for a blocked thread; one that
 * never is, is not found. Used by one thread at a time.
 */
public final class ThreadStacks {
  private final Path process;
  private final HotSpotThreads javaThreads;
  private final Map<String, AddressRange> byId = new HashMap<>();

  /** Threads that ran whenever they were looked at. */
  private final Set<String> missing = new HashSet<>();

  /**
   * Creates it with nothing known.
   *
   * @param process folder in {@code /proc}
   * @param javaThreads null if the process is not this JVM
   */
  public ThreadStacks(Path process, HotSpotThreads javaThreads) {
    this.process = process;
    this.javaThreads = javaThreads;
  }

  /**
   * Stacks of the threads that there are now.
   *
   * @param mappings of the process
   */
  public List<AddressRange> ranges(List<MemoryMap.Mapping> mappings) {
    List<AddressRange> ranges = new ArrayList<>();
    try {
      find(mappings);
      ranges.addAll(byId.values());
    } catch (IOException e) {
      byId.clear(); // the process has ended
      missing.clear();
    }
    if (javaThreads != null) {
      for (Thread thread : ThreadDirectory.liveThreads()) {
        javaThreads.stack(thread).ifPresent(ranges::add);
        if (!missing.isEmpty()) {
          missing.remove(Integer.toString(javaThreads.osThreadId(thread)));
        }
      }
    }
    return ranges;
  }

  /** Whether the last look has left out stacks that another one may find. */
  public boolean areMissing() {
    return !missing.isEmpty();
  }

  private void find(List<MemoryMap.Mapping> mappings) throws IOException {
    List<String> ids;
    try (Stream<Path> tasks = Files.list(process.resolve("task"))) {
      ids = tasks.map(task -> task.getFileName().toString()).toList();
    }
    byId.keySet().retainAll(Set.copyOf(ids));
    missing.clear();
    for (String id : ids) {
      long pointer = byId.containsKey(id) ? 0 : stackPointer(id);
      if (pointer != 0) {
        for (MemoryMap.Mapping mapping : mappings) {
          if (mapping.contains(pointer)) {
            byId.put(
                id, new AddressRange(mapping.begin(), mapping.end(), MemoryRegion.THREAD_STACK));
          }
        }
      }
      if (!byId.containsKey(id)) {
        missing.add(id);
      }
    }
  }

  /** 0 if the thread runs just now, or may not be looked at. */
  private long stackPointer(String id) {
    try {
      String[] words =
          KernelFile.text(process.resolve("task").resolve(id).resolve("syscall"))
              .strip()
              .split(" ");
      // The last two are stack pointer and program counter; a thread that runs has one word.
      return words.length < 2
          ? 0
          : Long.parseUnsignedLong(words[words.length - 2].substring("0x".length()), 16);
    } catch (IOException endedOrForbidden) {
      return 0;
    }
  }
}
