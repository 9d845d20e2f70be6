package latencyscope.analysis.sync;

import java.util.List;
import latencyscope.analysis.Analyzer;
import latencyscope.analysis.Metrics;
import latencyscope.analysis.ModuleReport;
import latencyscope.analysis.Quantiles;
import latencyscope.analysis.Verdict;
import latencyscope.analysis.finding.Severity;
import latencyscope.jfr.schema.EventTypes;
import latencyscope.recording.Recording;
import latencyscope.recording.event.Distribution;
import latencyscope.recording.event.KernelEvent;

/** Judges how long threads waited for their files to be on the disk. */
public final class SyncAnalyzer implements Analyzer {
  private static final String MODULE = "sync";

  private long slow;
  private long worst;

  /** Called by the set of analyzers. */
  public SyncAnalyzer() {}

  @Override
  public void accept(KernelEvent event) {
    if (event.type().equals(EventTypes.FILE_SYNC)) {
      slow++;
      worst = Math.max(worst, event.duration());
    }
  }

  @Override
  public ModuleReport report(Recording recording) {
    Distribution all = recording.distribution(MODULE, "file_sync").orElse(Distribution.EMPTY);
    List<Verdict> verdicts =
        slow == 0
            ? List.of()
            : List.of(Verdict.seen(Severity.WARN, "Threads waited for files to be on the disk"));
    return new ModuleReport(
        MODULE,
        "FILE SYNCS",
        verdicts,
        List.of(new Quantiles("File syncs", EventTypes.FILE_SYNC, all)),
        List.of(),
        List.of(),
        List.of(),
        new Metrics()
            .put("sync_count", all.count())
            .put("sync_total_ns", all.total())
            .put("sync_max_ns", worst));
  }
}
