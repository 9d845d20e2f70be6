package latencyscope.trace;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which types of slices are not what a thread did one after the other, such as orders that it
 * looked after, or packets on their way to it. Takes slices in the order of {@link Span#BY_THREAD}.
 * Not safe for use by several threads.
 */
final class Conflicts {
  // Clocks of events of the JVM and of the kernel differ a little: one of a hundred may overlap.
  private static final int RARELY = 100;

  private final Set<Integer> ofProgram;
  private final Set<Long> asynchronous = new HashSet<>();
  private final Map<Long, long[]> seen = new HashMap<>(); // conflicts, slices
  private final List<Span> open = new ArrayList<>();

  /**
   * @param ofProgram types of the program's own events
   */
  Conflicts(Set<Integer> ofProgram) {
    this.ofProgram = ofProgram;
  }

  private static long key(Span span) {
    return Pair.of(span.thread(), span.type());
  }

  void add(Span span) {
    if (asynchronous.contains(key(span))) {
      return;
    }
    open.removeIf(o ->
        o.thread() != span.thread() || o.end() <= span.start() || asynchronous.contains(key(o)));
    seen.computeIfAbsent(key(span), k -> new long[2])[1]++;
    for (Span other : open) {
      if (!other.nests(span)) {
        conflict(other, span);
      }
    }
    if (!asynchronous.contains(key(span))) {
      open.add(span);
    }
  }

  private void conflict(Span first, Span second) {
    if (first.type() == second.type()) {
      asynchronous.add(key(first));
      return;
    }
    // Of a program's event it is not known whether it is one; what the thread itself did is known.
    if (ofProgram.contains(first.type()) != ofProgram.contains(second.type())) {
      seen.get(key(ofProgram.contains(first.type()) ? first : second))[0]++;
    }
  }

  Set<Long> asynchronous() {
    seen.forEach((type, counts) -> {
      if (counts[0] * RARELY > counts[1]) {
        asynchronous.add(type);
      }
    });
    return asynchronous;
  }
}
