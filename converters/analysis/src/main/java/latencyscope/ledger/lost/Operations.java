package latencyscope.ledger.lost;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import latencyscope.recording.thread.ThreadId;

/**
 * The events of one type that a program records of its own operations, such as orders. Bounded:
 * further ones than the limit are counted only. Not safe for use by several threads.
 */
final class Operations {
  static final int LIMIT = 1_000_000;

  private final String type;
  private final List<ThreadId> threads = new ArrayList<>();
  private final Map<ThreadId, Integer> indexes = new HashMap<>();
  private long[] starts = new long[64];
  private long[] lengths = new long[64];
  private int[] owners = new int[64];
  private int count;
  private long leftOut;
  private long total;

  Operations(String type) {
    this.type = type;
  }

  void add(ThreadId thread, long start, long length) {
    total += length;
    if (count == LIMIT) {
      leftOut++;
      return;
    }
    if (count == starts.length) {
      starts = Arrays.copyOf(starts, count * 2);
      lengths = Arrays.copyOf(lengths, count * 2);
      owners = Arrays.copyOf(owners, count * 2);
    }
    starts[count] = start;
    lengths[count] = length;
    owners[count++] = indexes.computeIfAbsent(thread, this::indexed);
  }

  private int indexed(ThreadId thread) {
    threads.add(thread);
    return threads.size() - 1;
  }

  /** Full name of the type. */
  String type() {
    return type;
  }

  int count() {
    return count;
  }

  /** How many there were beyond the limit. */
  long leftOut() {
    return leftOut;
  }

  /** Their lengths together, nanoseconds. */
  long total() {
    return total;
  }

  ThreadId thread(int index) {
    return threads.get(owners[index]);
  }

  long start(int index) {
    return starts[index];
  }

  long length(int index) {
    return lengths[index];
  }
}
