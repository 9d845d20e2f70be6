package latencyscope.report;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import latencyscope.alpha.CostReport;
import latencyscope.alpha.Dollars;
import latencyscope.analysis.Table;

/** Says in words what latency cost, by cause and by thread. */
final class CostText {
  private static final int ROWS = 8;
  private static final int MODULE = 0;
  private static final int CAUSE = 1;
  private static final int THREAD = 3;

  private CostText() {}

  static String head(CostReport costs) {
    return String.format(
        Locale.ROOT,
        "%s at $%,.0f notional and %s bps per µs",
        Dollars.of(costs.dollars(costs.root())),
        costs.rate().notional(),
        costs.rate().bpsPerUs());
  }

  static List<Table> tables(CostReport costs) {
    return List.of(
        table("By cause", "Cause", costs, List.of(MODULE, CAUSE)),
        table("By thread", "Thread", costs, List.of(THREAD)));
  }

  private static Table table(String title, String column, CostReport costs, List<Integer> levels) {
    Map<String, long[]> sums = new LinkedHashMap<>();
    for (CostReport.Stack stack : costs.stacks()) {
      String key =
          levels.stream().map(stack.frames()::get).reduce((a, b) -> a + ": " + b).orElse("");
      long[] sum = sums.computeIfAbsent(key, k -> new long[2]);
      sum[0] += stack.leaf().totalNs();
      sum[1] += stack.leaf().count();
    }
    List<List<Object>> rows = new ArrayList<>();
    sums.entrySet().stream()
        .sorted(Comparator.comparingLong(e -> -e.getValue()[0]))
        .limit(ROWS)
        .forEach(e ->
            rows.add(
                List.of(
                    e.getKey(),
                    e.getValue()[1],
                    Duration.ofNanos(e.getValue()[0]),
                    Dollars.of(costs.rate().dollars(e.getValue()[0])))));
    return new Table(
        title, List.of(column, "Times", "Total", "Cost"), rows, sums.size() - rows.size());
  }
}
