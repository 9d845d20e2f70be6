package latencyscope.cli.monitor;

import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.Collectors;
import latencyscope.cli.monitor.Line.Look;
import latencyscope.monitor.CpuRow;
import latencyscope.monitor.Snapshot;
import latencyscope.monitor.Stall;
import latencyscope.monitor.ThreadRow;
import latencyscope.report.Columns;

/** Lays out what a live view shows, for a terminal of any size. Immutable. */
final class Screen {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT);

  /** Two lines above, one below, three heads of tables. */
  private static final int FIXED = 6;

  private static final int NAME = 14;
  private static final int WIDE_NAME = 24;
  private static final long SECOND = 1_000_000_000;

  private final Header header;
  private final Snapshot shown;
  private final int selected;

  /**
   * A screen.
   *
   * @param selected place of the thread that a key would open; -1 for none
   */
  Screen(Header header, Snapshot shown, int selected) {
    this.header = header;
    this.shown = shown;
    this.selected = selected;
  }

  /** The lines: no more of them, and none wider, than the terminal has room for. */
  List<Line> lines(int width, int height) {
    List<Line> lines = new ArrayList<>();
    lines.add(new Line(first(), Look.STRONG));
    lines.add(second());
    int room = Math.max(0, height - FIXED);
    if (shown.view().thread() == 0) {
      int cpus = Math.min(shown.cpus().size(), Math.max(2, room / 4));
      int stalls = Math.max(3, (room - cpus) / 2);
      addThreads(lines, width, Math.max(1, room - cpus - stalls));
      addStalls(lines, width, stalls);
      addCpus(lines, cpus);
    } else {
      addThread(lines, width, room + 2);
    }
    while (lines.size() < height - 1) {
      lines.add(Line.of(""));
    }
    List<Line> fitting = new ArrayList<>(lines.subList(0, Math.max(0, height - 1)));
    fitting.add(last());
    return fitting.stream()
        .map(line -> new Line(Columns.fit(Words.harmless(line.text()), width), line.look()))
        .toList();
  }

  private String first() {
    return String.format(
        Locale.ROOT,
        "%s · %s · own cost %s of a CPU · %,d records lost",
        header.target(),
        Short.clock(header.seconds()),
        header.ownCost(),
        shown.recordsLost());
  }

  private Line second() {
    if (!shown.missing().isEmpty()) {
      return new Line("not measured: " + String.join("; ", shown.missing()), Look.STRONG);
    }
    long floor = Math.max(header.stallsNs(), shown.floorNs());
    return Line.of(
        (header.paused() ? "PAUSED · " : "")
            + "last "
            + shown.view().seconds()
            + " s · by "
            + shown.view().order().words()
            + " · stalls from "
            + Short.whole(floor)
            + (floor > header.askedNs() ? " (raised, to cost less)" : "")
            + ", blocked from "
            + Short.whole(header.blockedNs()));
  }

  private void addThreads(List<Line> lines, int width, int room) {
    ThreadTable table = new ThreadTable(width);
    int all = shown.threads().size();
    // The selected one is always in sight.
    int first = Math.max(0, Math.min(selected - room + 1, all - room));
    int end = Math.min(all, first + room);
    String which = end - first < all ? " " + (first + 1) + "-" + end + "/" + all : "";
    lines.add(new Line(table.head("THREAD" + which), Look.HEAD));
    for (int i = first; i < first + room; i++) {
      if (i < end) {
        boolean chosen = i == selected;
        lines.add(
            new Line(
                table.row(shown.threads().get(i), chosen), chosen ? Look.SELECTED : Look.TEXT));
      } else if (i == all && shown.until() == 0) {
        lines.add(Line.of("  waiting for the first events"));
      } else {
        lines.add(Line.of(""));
      }
    }
  }

  private void addStalls(List<Line> lines, int width, int room) {
    boolean one = shown.view().thread() != 0;
    lines.add(new Line((one ? "LAST STALLS" : "WORST STALLS") + leftOut(), Look.HEAD));
    int name = one ? 0 : width >= ThreadTable.WIDE ? WIDE_NAME : NAME;
    for (int i = 0; i < room; i++) {
      lines.add(Line.of(i < shown.stalls().size() ? stall(shown.stalls().get(i), name) : ""));
    }
  }

  private String leftOut() {
    return shown.eventsLeftOut() == 0
        ? ""
        : String.format(
            Locale.ROOT, " (%,d events of further threads not shown)", shown.eventsLeftOut());
  }

  /**
   * A stall in a line; what is cut off on a narrow terminal says least.
   *
   * @param name columns of the thread's name; 0 to leave it out
   */
  String stall(Stall stall, int name) {
    String thread = Words.thread(stall.thread());
    return "  "
        + time(stall.start())
        + Columns.padLeft(Short.time(stall.ns()), 9)
        + "  "
        + (name == 0 ? "" : Columns.padRight(Columns.fit(thread, name), name) + "  ")
        + stall.words()
        + (stall.detail() == null ? "" : " (" + stall.detail() + ")");
  }

  private String time(long nanos) {
    Instant instant =
        Instant.ofEpochSecond(Math.floorDiv(nanos, SECOND), Math.floorMod(nanos, SECOND));
    return TIME.format(instant.atZone(header.zone()));
  }

  private void addCpus(List<Line> lines, int room) {
    lines.add(new Line("CPU  BUSY  RUNS; TOOK IT FROM WAITING THREADS", Look.HEAD));
    List<CpuRow> rows = shown.cpus();
    int shownRows = rows.size() > room ? room - 1 : rows.size();
    // Those where something happened, if there are too many.
    List<CpuRow> chosen =
        rows.size() <= room
            ? rows
            : rows.stream()
                .sorted((a, b) -> Long.compare(held(b), held(a)))
                .limit(shownRows)
                .sorted((a, b) -> Integer.compare(a.cpu(), b.cpu()))
                .toList();
    chosen.forEach(row -> lines.add(Line.of(cpu(row))));
    if (shownRows < rows.size()) {
      lines.add(Line.of("     " + (rows.size() - shownRows) + " more CPUs"));
    }
  }

  private static long held(CpuRow row) {
    return row.holders().stream().mapToLong(CpuRow.Holder::ns).sum();
  }

  static String cpu(CpuRow row) {
    String runs = row.running().isEmpty() ? "-" : String.join(", ", row.running());
    String took =
        row.holders().stream()
            .map(holder -> holder.name() + " " + Short.time(holder.ns()))
            .collect(Collectors.joining(", "));
    return String.format(
        Locale.ROOT,
        "%3d  %4s  %s",
        row.cpu(),
        Double.isNaN(row.busy()) ? "-" : String.format(Locale.ROOT, "%.0f%%", 100 * row.busy()),
        Columns.fit(runs, 30) + (took.isEmpty() ? "" : "; " + took));
  }

  private void addThread(List<Line> lines, int width, int room) {
    ThreadTable table = new ThreadTable(width);
    int end = lines.size() + room;
    lines.add(new Line(table.head("THREAD"), Look.HEAD));
    for (ThreadRow row : shown.threads()) {
      lines.add(Line.of(table.row(row, false)));
      lines.add(Line.of("  id " + row.thread().osTid()));
    }
    List<String> counts = counts(width);
    if (!counts.isEmpty()) {
      lines.add(new Line("EXACT COUNTS SINCE THE BEGIN", Look.HEAD));
      counts.forEach(line -> lines.add(Line.of(line)));
    }
    addStalls(lines, width, Math.max(3, end - lines.size()));
  }

  /** Two columns of them. */
  private List<String> counts(int width) {
    List<String> words =
        new TreeMap<>(shown.counts())
            .entrySet().stream()
                .filter(entry -> entry.getValue() != 0)
                .map(entry ->
                    "  "
                        + entry.getKey()
                        + " "
                        + (entry.getKey().endsWith("_ns")
                            ? Short.time(entry.getValue())
                            : String.format(Locale.ROOT, "%,d", entry.getValue())))
                .toList();
    List<String> lines = new ArrayList<>();
    int half = width / 2;
    for (int i = 0; i < words.size(); i += 2) {
      String right = i + 1 < words.size() ? words.get(i + 1) : "";
      lines.add(Columns.padRight(Columns.fit(words.get(i), half - 1), half) + right);
    }
    return lines;
  }

  private Line last() {
    if (!header.message().isEmpty()) {
      return new Line(header.message(), Look.STRONG);
    }
    return new Line(
        shown.view().thread() == 0
            ? "1 2 3 window  s sort  j k Enter thread  p pause  m mark  d dump  q quit"
            : "Esc back  1 2 3 window  p pause  m mark  d dump  q quit",
        Look.FAINT);
  }
}
