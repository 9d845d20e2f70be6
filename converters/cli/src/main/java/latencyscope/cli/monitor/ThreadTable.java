package latencyscope.cli.monitor;

import java.util.List;
import java.util.function.ToLongFunction;
import latencyscope.ledger.Cause;
import latencyscope.monitor.LostTime;
import latencyscope.monitor.ThreadRow;
import latencyscope.report.Columns;

/** The table of threads: by kinds of cause, on a wide screen by each of them. */
final class ThreadTable {
  private static final int COLUMN = 10;

  /** From this width on, there is a column for each cause. */
  static final int WIDE = 118;

  private record Column(String head, ToLongFunction<LostTime> value) {}

  private static final Column LOST = new Column("LOST", LostTime::lost);
  private static final Column WORST = new Column("WORST", LostTime::longest);
  private static final Column WAITING = of("WAITING", Cause.RUNNABLE);
  private static final Column THROTTLED = of("THROTTLED", Cause.THROTTLED);
  private static final Column BLOCKED = of("BLOCKED", Cause.BLOCKED, Cause.KERNEL_LOCK);

  private static final List<Column> NARROW =
      List.of(
          LOST,
          WAITING,
          THROTTLED,
          of("INTERRUPT", Cause.NMI, Cause.HARD_IRQ, Cause.LOCAL_INTERRUPT, Cause.SOFTIRQ),
          of("MEMORY", Cause.MEMORY_STALL, Cause.PAGE_FAULT),
          BLOCKED);

  private static final List<Column> ALL =
      List.of(
          LOST,
          WORST,
          WAITING,
          THROTTLED,
          of("HARD IRQ", Cause.HARD_IRQ),
          of("LOCAL", Cause.LOCAL_INTERRUPT, Cause.NMI),
          of("SOFTIRQ", Cause.SOFTIRQ),
          of("FAULT", Cause.PAGE_FAULT),
          of("RECLAIM", Cause.MEMORY_STALL),
          BLOCKED);

  private final List<Column> columns;
  private final int name;

  ThreadTable(int width) {
    columns = width >= WIDE ? ALL : NARROW;
    name = Math.max(8, width - COLUMN * columns.size() - 2);
  }

  private static Column of(String head, Cause... causes) {
    return new Column(
        head,
        time -> {
          long sum = 0;
          for (Cause cause : causes) {
            sum += time.of(cause);
          }
          return sum;
        });
  }

  String head(String title) {
    StringBuilder line =
        new StringBuilder(Columns.padRight(Columns.fit(title, name + 2), name + 2));
    columns.forEach(column -> line.append(Columns.padLeft(column.head, COLUMN)));
    return line.toString();
  }

  /** A row; the mark also shows what is selected without colours. */
  String row(ThreadRow row, boolean selected) {
    StringBuilder line = new StringBuilder(selected ? "> " : "  ");
    line.append(Columns.padRight(Columns.fit(Words.thread(row.thread()), name), name));
    columns.forEach(column ->
        line.append(Columns.padLeft(Short.time(column.value.applyAsLong(row.time())), COLUMN)));
    return line.toString();
  }
}
