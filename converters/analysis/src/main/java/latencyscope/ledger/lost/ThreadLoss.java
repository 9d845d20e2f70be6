package latencyscope.ledger.lost;

import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import latencyscope.ledger.Ledger;
import latencyscope.ledger.Segment;
import latencyscope.recording.thread.ThreadId;

/**
 * What one thread lost of its time. Times are nanoseconds.
 *
 * @param thread the thread
 * @param why why it matters
 * @param captured how long it was watched
 * @param lost what it lost of that: the parts together
 * @param unexplained of how much nothing is known
 * @param parts by what it was lost to, the most first
 * @param stretches those of its time that were lost, in order of time; they do not overlap
 */
public record ThreadLoss(
    ThreadId thread,
    Why why,
    long captured,
    long lost,
    long unexplained,
    List<Part> parts,
    List<Segment> stretches) {
  /** Why a thread matters. */
  public enum Why {
    /** It ran or wanted to for more than half of the time. */
    BUSY("busy"),
    /** It recorded events of the application, or the capture was limited to its name. */
    DECLARED("declared"),
    /** None is busy or declared: it is one of those that wanted to run most. */
    ACTIVE("active");

    private final String words;

    Why(String words) {
      this.words = words;
    }

    /** In a word. */
    public String words() {
      return words;
    }
  }

  /**
   * What was lost to one kind of cause.
   *
   * @param ns all of it
   * @param count in how many stretches
   * @param longest the longest of them
   */
  public record Part(LossKind kind, long ns, long count, long longest) {
    private Part plus(long more) {
      return new Part(kind, ns + more, count + 1, Math.max(longest, more));
    }
  }

  /** Copies the lists. */
  public ThreadLoss {
    parts = List.copyOf(parts);
    stretches = List.copyOf(stretches);
  }

  /** Adds up the ledgers of a thread's captured time. */
  static ThreadLoss of(ThreadId thread, Why why, List<Ledger> ledgers) {
    Map<LossKind, Part> parts = new EnumMap<>(LossKind.class);
    List<Segment> lost =
        ledgers.stream()
            .flatMap(ledger -> ledger.segments().stream())
            .filter(segment -> LossKind.of(segment.cause(), why == Why.BUSY).isPresent())
            .toList();
    for (Segment segment : lost) {
      LossKind kind = LossKind.of(segment.cause(), why == Why.BUSY).orElseThrow();
      parts.merge(
          kind, new Part(kind, segment.ns(), 1, segment.ns()), (sum, one) -> sum.plus(one.ns()));
    }
    return new ThreadLoss(
        thread,
        why,
        ledgers.stream().mapToLong(ledger -> ledger.window().duration()).sum(),
        lost.stream().mapToLong(Segment::ns).sum(),
        ledgers.stream().mapToLong(Ledger::unexplained).sum(),
        parts.values().stream().sorted(Comparator.comparingLong(Part::ns).reversed()).toList(),
        lost);
  }

  /** The share that was lost, 0 to 1. */
  public double share() {
    return captured == 0 ? 0 : (double) lost / captured;
  }
}
