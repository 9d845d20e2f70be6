package latencyscope.html;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;
import latencyscope.timeline.Slice;

/**
 * One kind of event on one lane, in bounded memory: how many and how long in each interval, and the
 * longest with all that is known of them. Not safe for use by several threads.
 */
final class RowSummary {
  /** Count, sum and maximum of an interval. */
  static final class Bin {
    long count;
    long sum;
    long max;
  }

  private final String type;
  private final String module;
  private final String state;
  private final String task;
  private final Map<Integer, Bin> bins = new TreeMap<>();
  private final PriorityQueue<Slice> worst =
      new PriorityQueue<>(Comparator.comparingLong(Slice::duration));
  private long count;
  private long total;

  /**
   * @param state key of the thread's state that it is; empty if it is none
   * @param task the task that ran, of a CPU's row; null of others
   */
  RowSummary(String type, String module, String state, String task) {
    this.type = type;
    this.module = module;
    this.state = state;
    this.task = task;
  }

  /**
   * @param longest how many are kept one by one
   */
  void add(Slice slice, int interval, int longest) {
    // One that is there only because it was long tells nothing of how many there were.
    if (!slice.exemplar()) {
      count++;
      total += slice.duration();
      Bin bin = bins.computeIfAbsent(interval, i -> new Bin());
      bin.count++;
      bin.sum += slice.duration();
      bin.max = Math.max(bin.max, slice.duration());
    }
    worst.add(slice);
    while (worst.size() > longest) {
      worst.poll();
    }
  }

  String type() {
    return type;
  }

  String module() {
    return module;
  }

  String state() {
    return state;
  }

  String task() {
    return task;
  }

  long count() {
    return count;
  }

  long total() {
    return total;
  }

  /** How many intervals something happened in. */
  int filled() {
    return bins.size();
  }

  /** The intervals in which something happened, so many of them taken together. */
  Map<Integer, Bin> bins(int together) {
    Map<Integer, Bin> coarse = new TreeMap<>();
    bins.forEach((interval, bin) -> {
      Bin sum = coarse.computeIfAbsent(interval / together, i -> new Bin());
      sum.count += bin.count;
      sum.sum += bin.sum;
      sum.max = Math.max(sum.max, bin.max);
    });
    return coarse;
  }

  /** The longest, the first of them first; all, if there were few. */
  List<Slice> longest(int most) {
    List<Slice> slices = new ArrayList<>(worst);
    slices.sort(Comparator.comparingLong(Slice::duration).reversed());
    return slices.subList(0, Math.min(most, slices.size()));
  }
}
