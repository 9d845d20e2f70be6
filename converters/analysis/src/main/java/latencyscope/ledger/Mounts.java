package latencyscope.ledger;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import latencyscope.recording.event.JvmEvent;
import latencyscope.recording.thread.ThreadId;

/**
 * Which carrier a virtual thread is known to have been on, and when.
 *
 * <p>The kernel knows carriers only. Of what a carrier runs, the recorder records one case: while
 * it was pinned, a virtual thread stayed on the carrier that its {@code jdk.VirtualThreadPinned}
 * names. Bounded: beyond the limit the first that were read stay. Used by one thread; filled first,
 * asked then.
 */
public final class Mounts {
  public static final String PINNED = "jdk.VirtualThreadPinned";

  private static final int MAX_MOUNTS = 200_000;

  private final Map<ThreadId, List<Mount>> byThread = new HashMap<>();
  private int kept;
  private boolean sorted;

  /** A virtual thread was on a carrier all the while. */
  public record Mount(ThreadId carrier, long start, long end) {}

  /** Whether the kernel cannot know a thread, because another one runs what it has to do. */
  public static boolean isVirtual(ThreadId thread) {
    return thread.osTid() <= 0 && thread.isJava();
  }

  /** Takes an event that says where a virtual thread was pinned. */
  public void add(JvmEvent pinned) {
    ThreadId carrier = pinned.thread("carrierThread"); // since JDK 24
    if (carrier == null || carrier.osTid() <= 0 || pinned.thread() == null || kept == MAX_MOUNTS) {
      return;
    }
    kept++;
    long end = pinned.start() + pinned.duration();
    byThread
        .computeIfAbsent(pinned.thread(), thread -> new ArrayList<>())
        .add(new Mount(carrier, pinned.start(), end));
  }

  /**
   * Where a window's thread is known to have been meanwhile, cut to the window, in order of time.
   */
  public List<Mount> of(Window window) {
    if (!sorted) {
      byThread.values().forEach(list -> list.sort(Comparator.comparingLong(Mount::start)));
      sorted = true;
    }
    List<Mount> mounts = byThread.getOrDefault(window.thread(), List.of());
    List<Mount> within = new ArrayList<>();
    // They do not overlap: a thread is pinned once at a time.
    for (int i = firstEndingAfter(mounts, window.start()); i < mounts.size(); i++) {
      Mount mount = mounts.get(i);
      if (mount.start >= window.end()) {
        break;
      }
      long start = Math.max(mount.start, window.start());
      long end = Math.min(mount.end, window.end());
      if (end > start) {
        within.add(new Mount(mount.carrier, start, end));
      }
    }
    return within;
  }

  private static int firstEndingAfter(List<Mount> mounts, long time) {
    int low = 0;
    int high = mounts.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (mounts.get(middle).end > time) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }
}
