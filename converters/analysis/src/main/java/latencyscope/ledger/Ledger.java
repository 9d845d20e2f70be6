package latencyscope.ledger;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import latencyscope.analysis.finding.Task;
import latencyscope.recording.event.CodeStack;

/**
 * Where the time of one window went: parts and a remainder that add up to it to the nanosecond.
 *
 * <p>Each moment is charged to one cause: of all spans that hold then, to the first in the order of
 * {@link Cause}. A moment that no span explains is on CPU where the scheduler's account of the
 * thread is known to be complete, else it is unexplained. Immutable.
 */
public final class Ledger {
  private final Window window;
  private final List<Segment> segments;
  private final List<Part> parts;
  private final long unexplained;

  private Ledger(Window window, List<Segment> segments) {
    this.window = window;
    this.segments = List.copyOf(segments);
    List<Part> all = partsOf(segments);
    parts = all.stream().filter(part -> part.cause() != Cause.UNEXPLAINED).toList();
    unexplained =
        all.stream().filter(p -> p.cause() == Cause.UNEXPLAINED).mapToLong(Part::ns).sum();
  }

  /**
   * Explains a window.
   *
   * @param spans what is known of its thread, in any order, within the window or not
   * @param complete when the thread is known to have been on CPU wherever no span says otherwise
   */
  public static Ledger of(Window window, Collection<Span> spans, Interval complete) {
    List<Span> within = new ArrayList<>();
    for (Span span : spans) {
      if (span.end() > span.start() && window.overlaps(span.start(), span.end())) {
        within.add(span);
      }
    }
    return new Ledger(window, sweep(window, within, complete));
  }

  private static List<Segment> sweep(Window window, List<Span> spans, Interval complete) {
    long[] cuts = cuts(window, spans, complete);
    List<Span> byStart = new ArrayList<>(spans);
    byStart.sort(Comparator.comparingLong(Span::start));
    List<Span> active = new ArrayList<>();
    List<Segment> segments = new ArrayList<>();
    int next = 0;
    for (int i = 0; i + 1 < cuts.length; i++) {
      long from = cuts[i];
      active.removeIf(span -> span.end() <= from);
      while (next < byStart.size() && byStart.get(next).start() <= from) {
        Span span = byStart.get(next++);
        if (span.end() > from) {
          active.add(span);
        }
      }
      append(segments, charge(from, cuts[i + 1], active, complete));
    }
    return segments;
  }

  /** All moments at which the cause may change, in order, each once. */
  private static long[] cuts(Window window, List<Span> spans, Interval complete) {
    long[] cuts = new long[2 * spans.size() + 4];
    int used = 0;
    cuts[used++] = window.start();
    cuts[used++] = window.end();
    cuts[used++] = clamp(complete.start(), window);
    cuts[used++] = clamp(complete.end(), window);
    for (Span span : spans) {
      cuts[used++] = clamp(span.start(), window);
      cuts[used++] = clamp(span.end(), window);
    }
    return Arrays.stream(cuts).sorted().distinct().toArray();
  }

  private static long clamp(long time, Window window) {
    return Math.max(window.start(), Math.min(window.end(), time));
  }

  private static Segment charge(long from, long to, List<Span> active, Interval complete) {
    Span first = null;
    Span java = null;
    Span call = null;
    for (Span span : active) {
      if (span.cause() == null) {
        java = java == null || Span.INNERMOST.compare(span, java) < 0 ? span : java;
        continue;
      }
      if (span.cause() == Cause.SYSCALL) {
        call = call == null || Span.INNERMOST.compare(span, call) < 0 ? span : call;
      }
      first = first == null || Span.PRECEDENCE.compare(span, first) < 0 ? span : first;
    }
    String within = within(java, call);
    if (first != null) {
      CodeStack stack = first.stack().or(stack(java)).or(stack(call));
      return new Segment(from, to, first.cause(), first, within, stack);
    }
    boolean known = from >= complete.start() && to <= complete.end();
    Cause cause = known ? Cause.ON_CPU : Cause.UNEXPLAINED;
    return new Segment(from, to, cause, null, within, CodeStack.NONE);
  }

  private static CodeStack stack(Span span) {
    return span == null ? CodeStack.NONE : span.stack();
  }

  // The JVM's name for it says more to a Java programmer, the call completes it.
  private static String within(Span java, Span call) {
    if (java == null) {
      return call == null ? null : call.culprit();
    }
    return java.culprit();
  }

  private static void append(List<Segment> segments, Segment segment) {
    Segment last = segments.isEmpty() ? null : segments.get(segments.size() - 1);
    if (last != null && segment.continues(last)) {
      segments.set(
          segments.size() - 1,
          new Segment(
              last.start(), segment.end(), last.cause(), last.span(), last.within(), last.stack()));
    } else {
      segments.add(segment);
    }
  }

  private static List<Part> partsOf(List<Segment> segments) {
    Map<List<Object>, Part> parts = new LinkedHashMap<>();
    for (Segment segment : segments) {
      // Where it was running says nothing about why it ran.
      String within = segment.cause() == Cause.BLOCKED ? segment.within() : null;
      String culprit = segment.culprit();
      List<Object> key = Arrays.asList(segment.cause(), culprit, within);
      String detail = segment.span() == null ? null : segment.span().detail();
      int cpu = segment.span() == null ? -1 : segment.span().cpu();
      Task task = segment.span() == null ? null : segment.span().task();
      long ns = segment.ns();
      long stackNs = segment.stack().isKnown() ? ns : 0;
      Part one =
          new Part(
              segment.cause(),
              culprit,
              within,
              detail,
              cpu,
              ns,
              ns,
              1,
              task,
              segment.stack(),
              stackNs);
      parts.merge(key, one, Ledger::plus);
    }
    return parts.values().stream()
        .sorted(
            Comparator.comparingLong(Part::ns)
                .reversed()
                .thenComparing(Part::cause)
                .thenComparing(p -> Objects.toString(p.culprit(), ""))
                .thenComparing(p -> Objects.toString(p.within(), "")))
        .toList();
  }

  private static Part plus(Part a, Part b) {
    return new Part(
        a.cause(),
        a.culprit(),
        a.within(),
        a.longest() >= b.longest() ? a.detail() : b.detail(),
        a.cpu() == b.cpu() ? a.cpu() : -1,
        a.ns() + b.ns(),
        Math.max(a.longest(), b.longest()),
        a.stretches() + b.stretches(),
        a.longest() >= b.longest() ? a.task() : b.task(),
        a.stackNs() >= b.stackNs() ? a.stack() : b.stack(),
        Math.max(a.stackNs(), b.stackNs()));
  }

  /** The window. */
  public Window window() {
    return window;
  }

  /** The parts, the longest first, without what is unexplained. */
  public List<Part> parts() {
    return parts;
  }

  /** What nothing recorded explains, nanoseconds. */
  public long unexplained() {
    return unexplained;
  }

  /** Time of one cause, nanoseconds. */
  public long of(Cause cause) {
    return cause == Cause.UNEXPLAINED
        ? unexplained
        : parts.stream().filter(part -> part.cause() == cause).mapToLong(Part::ns).sum();
  }

  /** Time that was taken from a thread that wanted to run, nanoseconds. */
  public long stolen() {
    return parts.stream().filter(part -> part.cause().isStolen()).mapToLong(Part::ns).sum();
  }

  /** The window's stretches, in order of time. */
  public List<Segment> segments() {
    return segments;
  }
}
