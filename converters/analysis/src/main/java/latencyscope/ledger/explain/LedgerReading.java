package latencyscope.ledger.explain;

import java.util.List;
import java.util.Map;
import latencyscope.ledger.Ledger;
import latencyscope.ledger.Names;
import latencyscope.ledger.SpanIndex;
import latencyscope.ledger.SpanReader;
import latencyscope.ledger.Window;
import latencyscope.recording.Recording;
import latencyscope.recording.event.EventConsumer;
import latencyscope.recording.event.JvmEvent;
import latencyscope.recording.event.KernelEvent;
import latencyscope.recording.thread.ThreadId;

/**
 * Explains windows that the caller chooses after the first of two readings, which it shares with
 * others. Used by one thread: takes all events as a consumer, then those of {@link #secondReading},
 * then it is asked.
 */
public final class LedgerReading implements EventConsumer {
  private final FirstReading first =
      new FirstReading(new Query(null, null, Long.MIN_VALUE, Long.MAX_VALUE, Integer.MAX_VALUE));
  private List<Window> windows = List.of();

  /** Creates one that knows no window. */
  public LedgerReading() {}

  @Override
  public void accept(KernelEvent event) {
    first.accept(event);
  }

  @Override
  public void acceptExemplar(KernelEvent event) {
    first.acceptExemplar(event);
  }

  @Override
  public boolean wants(String type) {
    return first.wants(type);
  }

  @Override
  public void accept(JvmEvent event) {
    first.accept(event);
  }

  /**
   * What takes all events once more.
   *
   * @param recording all that is not a single event
   * @param asked the windows to explain
   */
  public EventConsumer secondReading(Recording recording, List<Window> asked) {
    windows = List.copyOf(asked);
    first.complete(recording);
    windows.forEach(first.windows::add);
    first.windows.seal(first.mounts);
    Names names = new Names(recording);
    return new SecondReading(
        new SpanReader(names, first.safepoints),
        first,
        new WakeEdges(names, List.of(), 0),
        new CircumstancesReading(List.of()));
  }

  /** The ledgers of the windows, in their order. */
  public List<Ledger> ledgers() {
    Map<ThreadId, SpanIndex> spans = first.windows.index();
    return windows.stream().map(window -> Explainer.ledger(window, spans, first)).toList();
  }

  /** Whether there were too many events to keep all, so that the ledgers lack some. */
  public boolean isIncomplete() {
    return first.windows.longestIncomplete();
  }
}
