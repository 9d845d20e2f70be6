package latencyscope.jmc;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.WeakHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import latencyscope.analysis.Report;
import latencyscope.analysis.UnknownKeyException;
import latencyscope.recording.LoadedRecording;
import latencyscope.recording.chunk.RecordingException;
import org.openjdk.jmc.common.item.IItemCollection;

/**
 * The command line's judgement of recordings that Mission Control has open: of each one, for all
 * rules together, for as long as it is open. Safe for use by several threads.
 */
final class Judgements {
  // Mission Control evaluates rules side by side, each with the same collection. A report holds
  // nothing of the collection, so this does not keep a recording that was closed.
  private static final Map<IItemCollection, FutureTask<Optional<Report>>> KNOWN =
      new WeakHashMap<>();

  private Judgements() {}

  /**
   * The judgement of a recording; empty if it holds nothing of LatencyScope's. The first to ask
   * does the work, on its own thread, while others wait.
   */
  static Optional<Report> of(IItemCollection items) throws InterruptedException {
    if (!LoadedRecording.isOurs(items)) {
      return Optional.empty();
    }
    FutureTask<Optional<Report>> judgement;
    synchronized (KNOWN) {
      judgement = KNOWN.computeIfAbsent(items, all -> new FutureTask<>(() -> judge(all)));
    }
    judgement.run(); // does nothing if it has run, or runs elsewhere
    try {
      return judgement.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(
          "the recording could not be analysed: " + e.getCause(), e.getCause());
    }
  }

  private static Optional<Report> judge(IItemCollection items) throws UnknownKeyException {
    try {
      return Optional.of(Report.read(new LoadedRecording(items), List.of()));
    } catch (RecordingException e) {
      // It is in memory already: there is nothing that could go wrong but that nothing is ours.
      return Optional.empty();
    }
  }
}
