package latencyscope.cli.monitor;

import java.util.ArrayList;
import java.util.List;
import latencyscope.monitor.CpuRow;
import latencyscope.monitor.Snapshot;
import latencyscope.monitor.Stall;
import latencyscope.monitor.ThreadRow;

/** One block of lines for each interval, for a pipe or a file. Used by a single thread. */
final class PlainText {
  private static final int WIDTH = ThreadTable.WIDE;
  private static final int NAME = 24;
  private static final int THREADS = 10;
  private static final int STALLS = 10;

  private long stallsUntil;

  /** The block: threads that lost something, stalls that are new, CPUs that were taken. */
  List<String> block(Header header, Snapshot shown) {
    Screen screen = new Screen(header, shown, -1);
    List<String> lines = new ArrayList<>();
    // The same two lines as on a screen.
    screen.lines(WIDTH, 3).stream().limit(2).forEach(line -> lines.add(line.text()));
    ThreadTable table = new ThreadTable(WIDTH);
    List<ThreadRow> losing =
        shown.threads().stream().filter(row -> row.time().lost() > 0).limit(THREADS).toList();
    if (!losing.isEmpty()) {
      lines.add(table.head("THREAD"));
      losing.forEach(row -> lines.add(table.row(row, false)));
    }
    for (Stall stall : fresh(shown)) {
      lines.add(Words.harmless(screen.stall(stall, NAME)));
    }
    for (CpuRow row : shown.cpus()) {
      if (!row.holders().isEmpty()) {
        lines.add("CPU " + Words.harmless(Screen.cpu(row)).stripLeading());
      }
    }
    return lines;
  }

  private List<Stall> fresh(Snapshot shown) {
    List<Stall> fresh =
        shown.stalls().stream().filter(stall -> stall.end() > stallsUntil).limit(STALLS).toList();
    stallsUntil = Math.max(stallsUntil, shown.until());
    return fresh;
  }
}
