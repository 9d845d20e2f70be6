package latencyscope.fleet.export;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import latencyscope.jfr.schema.EventDescription;
import latencyscope.ledger.Window;
import latencyscope.ledger.explain.Stall;
import latencyscope.recording.event.Distribution;
import latencyscope.recording.event.EventConsumer;
import latencyscope.recording.event.JvmEvent;
import latencyscope.recording.event.KernelEvent;
import latencyscope.recording.thread.ThreadId;
import org.HdrHistogram.Histogram;

/**
 * The operations of the application, which it records as events of its own, and the collector's
 * pauses: how long they were, and the slowest. Memory is bounded, whatever their number. Used by
 * one thread.
 */
final class Operations implements EventConsumer {
  static final String PAUSE = "jdk.GCPhasePause";

  private static final String JDK = "jdk.";
  private static final int DIGITS = 3;

  /** Of a program that makes a type for each of its orders. */
  private static final int MOST_TYPES = 20;

  /** Of a program that records on each thread of a pool. */
  private static final int MOST_OWNERS = 500;

  private static final int CANDIDATES = 200;
  private static final int STALLS = 10;
  private static final Comparator<Window> SHORTEST_FIRST =
      Comparator.comparingLong(Window::duration);

  private final Map<String, PriorityQueue<Window>> slowest = new LinkedHashMap<>();
  private final Map<Owner, Lengths> lengths = new HashMap<>();

  private static final class Lengths {
    final Histogram histogram = new Histogram(DIGITS);
    long total;
    long max;

    void add(long ns) {
      histogram.recordValue(ns);
      total += ns;
      max = Math.max(max, ns);
    }

    Distribution distribution() {
      ByteBuffer buffer = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
      int used = histogram.encodeIntoByteBuffer(buffer);
      byte[] bytes = Arrays.copyOf(buffer.array(), used);
      return Distribution.decoded(
          histogram.getTotalCount(), total, max, 0, Base64.getEncoder().encodeToString(bytes));
    }
  }

  @Override
  public void accept(KernelEvent event) {
    // Operations are the application's.
  }

  @Override
  public boolean wants(String type) {
    return type.equals(PAUSE) || !type.startsWith(JDK) && !type.startsWith(EventDescription.PREFIX);
  }

  @Override
  public void accept(JvmEvent event) {
    ThreadId thread = event.thread();
    long ns = event.duration();
    boolean room = slowest.size() < MOST_TYPES || slowest.containsKey(event.type());
    if (thread == null || ns <= 0 || !room) {
      return;
    }
    Owner owner =
        event.type().equals(PAUSE)
            ? new Owner("jvm", "gc_pause", thread, null)
            : new Owner("application", event.type(), thread, null);
    Lengths known = lengths.get(owner);
    if (known == null && lengths.size() < MOST_OWNERS) {
      known = new Lengths();
      lengths.put(owner, known);
    }
    if (known != null) {
      known.add(ns);
    }
    PriorityQueue<Window> longest =
        slowest.computeIfAbsent(event.type(), type -> new PriorityQueue<>(SHORTEST_FIRST));
    if (longest.size() < CANDIDATES || longest.peek().duration() < ns) {
      longest.add(
          new Window(event.type(), label(event), thread, event.start(), event.start() + ns, true));
      if (longest.size() > CANDIDATES) {
        longest.remove();
      }
    }
  }

  // A pause has its own name, which says more than that of its type.
  private static String label(JvmEvent event) {
    String name = event.type().equals(PAUSE) ? event.text("name") : null;
    return name == null ? event.label() : name;
  }

  /** How long they were, by type and thread. */
  Map<Owner, Distribution> distributions() {
    Map<Owner, Distribution> all = new HashMap<>();
    lengths.forEach((owner, of) -> all.put(owner, of.distribution()));
    return all;
  }

  /** The longest stalls of each type: operations that one delay made slow are one. */
  List<Stall> stalls() {
    List<Stall> all = new ArrayList<>();
    for (PriorityQueue<Window> candidates : slowest.values()) {
      List<Stall> ofType = new ArrayList<>();
      candidates.stream()
          .sorted(SHORTEST_FIRST.reversed().thenComparingLong(Window::start))
          .forEach(window -> add(ofType, window));
      all.addAll(ofType);
    }
    return all;
  }

  private static void add(List<Stall> stalls, Window window) {
    for (Stall stall : stalls) {
      if (stall.longest().thread().equals(window.thread()) && stall.holds(window)) {
        stall.add();
        return;
      }
    }
    if (stalls.size() < STALLS) {
      stalls.add(new Stall(window));
    }
  }
}
