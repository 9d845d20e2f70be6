package latencyscope.jmc;

import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.openjdk.jmc.common.IMCThread;
import org.openjdk.jmc.common.IState;
import org.openjdk.jmc.common.item.IAccessorKey;
import org.openjdk.jmc.common.item.IItem;
import org.openjdk.jmc.common.item.IItemIterable;
import org.openjdk.jmc.common.item.IMemberAccessor;
import org.openjdk.jmc.common.item.IType;
import org.openjdk.jmc.common.item.PersistableItemFilter;
import org.openjdk.jmc.common.unit.IQuantity;
import org.openjdk.jmc.common.unit.UnitLookup;
import org.openjdk.jmc.common.util.StateToolkit;
import org.openjdk.jmc.common.util.StatefulState;
import org.openjdk.jmc.common.util.TypeHandling;
import org.openjdk.jmc.flightrecorder.JfrAttributes;
import org.openjdk.jmc.flightrecorder.rules.IResult;
import org.openjdk.jmc.flightrecorder.rules.ResultToolkit;

/**
 * Draws a page as {@code pages.xml} describes it over what Mission Control's model holds of a
 * recording, for the documentation: {@code PagePreview RECORDING PAGE FILE.html}. The user
 * interface itself is not published, so that this is not how it looks, but what it shows: columns
 * as wide as on a screen of 1920 pixels, cells written by its {@link TypeHandling}, and one lane,
 * without a name, for all that has no thread.
 */
final class PagePreview {
  private static final int ROWS = 6;
  private static final int GROUPS = 6;
  private static final int THREADS = 5;
  private static final double WINDOW_NS = 40e6;
  private static final int WIDTH = 820;
  private static final int LANE = 10;
  private static final String[] COLOURS = {
    "#d9534f", "#f0ad4e", "#5bc0de", "#8a6d9b", "#5cb85c", "#337ab7"
  };

  private final Judged judged;
  private final StringBuilder html = new StringBuilder();

  private PagePreview(Judged judged) {
    this.judged = judged;
  }

  /** See the class. */
  public static void main(String[] arguments) throws Exception {
    IState page = find(read(), "latencyscope.jmc." + arguments[1]);
    PagePreview preview = new PagePreview(Judged.of(Path.of(arguments[0])));
    preview.html.append(
        "<!doctype html><meta charset=utf-8><style>body{font:13px sans-serif;margin:8px;width:1640px}"
            + "table{border-collapse:collapse;margin:6px 0;table-layout:fixed;width:0}"
            + "td,th{border:1px solid #ddd;padding:1px 6px;white-space:nowrap;text-align:left;"
            + "overflow:hidden;text-overflow:ellipsis}th{background:#eee}h1{font-size:16px}"
            + "i{display:inline-block;width:10px;height:10px;margin-right:4px}</style>");
    if (page.getAttribute("factory").endsWith("threads")) {
      preview.threads(page.getChild("state"));
    } else {
      preview.items(page.getChild("state"));
    }
    Files.writeString(Path.of(arguments[2]), preview.html);
  }

  private static IState read() throws Exception {
    try (InputStream in = KernelRule.class.getResourceAsStream("/pages.xml");
        InputStreamReader reader = new InputStreamReader(in, StandardCharsets.UTF_8)) {
      return StatefulState.create(state -> {
        try {
          StateToolkit.saveXMLDocumentTo(reader, state);
        } catch (Exception e) {
          throw new IllegalStateException(e);
        }
      });
    }
  }

  private static IState find(IState parent, String id) {
    for (IState page : parent.getChildren("page")) {
      IState found = id.equals(page.getAttribute("id")) ? page : find(page, id);
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  private record Row(IItem item, IType<IItem> type) {
    Object value(String column) {
      String id = column.substring(0, column.lastIndexOf(':'));
      if (id.equals("(eventType)")) {
        return type.getName();
      }
      for (IAccessorKey<?> key : type.getAccessorKeys().keySet()) {
        if (key.getIdentifier().equals(id)) {
          return ((IMemberAccessor<?, IItem>) type.getAccessor(key)).getMember(item);
        }
      }
      return null;
    }

    double number(String column) {
      Object value = value(column);
      return value instanceof IQuantity q ? q.doubleValueIn(q.getType().getDefaultUnit()) : -1;
    }
  }

  private List<Row> rows(IState filter) {
    List<Row> rows = new ArrayList<>();
    for (IItemIterable ofType : judged.items().apply(PersistableItemFilter.readFrom(filter))) {
      ofType.forEach(item -> rows.add(new Row(item, ofType.getType())));
    }
    return rows;
  }

  private void items(IState state) {
    html.append("<h1><img src='data:image/png;base64,").append(state.getAttribute("icon"));
    html.append("'> ").append(state.getAttribute("name")).append("</h1>");
    html.append(state.getAttribute("description"));
    for (IState topic : state.getChildren("topic")) {
      IResult result = judged.results().get(topic.getAttribute("value"));
      if (result != null) {
        String summary = ResultToolkit.populateMessage(result, result.getSummary(), true);
        html.append("<p><b>").append(result.getRule().getName()).append("</b> (");
        html.append(result.getSeverity().getLocalizedName()).append("): ").append(summary);
      }
    }
    List<Row> rows = rows(state.getChild("pageFilter"));
    IState histogram = state.getChild("histogram");
    if (histogram != null) {
      histogram(rows, histogram.getAttribute("groupBy") + ":thread");
    }
    IState list = state.getChild("listAndChart").getChild("listSettings");
    List<String> columns =
        Arrays.stream(list.getChildren("column")).map(c -> c.getAttribute("id")).toList();
    String sort = list.getAttribute("sortColumn");
    rows.sort(Comparator.comparingDouble((Row row) -> row.number(sort)).reversed());
    html.append("<table><tr>");
    for (IState column : list.getChildren("column")) {
      html.append("<th style='width:").append(column.getAttribute("width")).append("px'>");
      html.append(name(rows, column.getAttribute("id")));
    }
    for (Row row : rows.subList(0, Math.min(ROWS, rows.size()))) {
      html.append("<tr>");
      columns.forEach(column -> html.append("<td>").append(text(row.value(column))));
    }
    html.append("</table>");
  }

  private static String name(List<Row> rows, String column) {
    String id = column.substring(0, column.lastIndexOf(':'));
    for (Row row : rows) {
      for (var entry : row.type().getAccessorKeys().entrySet()) {
        if (entry.getKey().getIdentifier().equals(id)) {
          return entry.getValue().getName();
        }
      }
    }
    return id.equals("(eventType)") ? "Event Type" : id;
  }

  private static String text(Object value) {
    String text = value == null ? "" : TypeHandling.getValueString(value);
    return text.replace("&", "&amp;").replace("<", "&lt;");
  }

  private void histogram(List<Row> rows, String by) {
    String length = "kernelDuration:timespan";
    Map<Object, List<Row>> groups = new LinkedHashMap<>();
    rows.forEach(r -> groups.computeIfAbsent(r.value(by), k -> new ArrayList<>()).add(r));
    html.append("<table><tr><th style='width:250px'>").append(name(rows, by));
    for (String head : List.of("Count", "Average", "Maximum", "Total Kernel Duration")) {
      html.append("<th style='width:150px'>").append(head);
    }
    groups.entrySet().stream()
        .sorted(Comparator.comparingDouble(e -> -sum(e.getValue(), length)))
        .limit(GROUPS)
        .forEach(group -> {
          double sum = sum(group.getValue(), length);
          double max = group.getValue().stream().mapToDouble(r -> r.number(length)).max().orElse(0);
          int count = group.getValue().size();
          html.append("<tr><td>").append(text(group.getKey())).append("<td>").append(count);
          for (double value : new double[] {sum / count, max, sum}) {
            html.append("<td>");
            html.append(text(UnitLookup.TIMESPAN.getDefaultUnit().quantity(value)));
          }
        });
    html.append("</table>");
  }

  private static double sum(List<Row> rows, String column) {
    return rows.stream().mapToDouble(row -> row.number(column)).sum();
  }

  private record Slice(String thread, int lane, double start, double end) {}

  private void threads(IState state) {
    List<IState> lanes =
        Arrays.stream(state.getChildren("threadLane"))
            .filter(lane -> "true".equals(lane.getAttribute("enabled")))
            .toList();
    List<Slice> slices = new ArrayList<>();
    html.append("<h1>Threads</h1>");
    for (int i = 0; i < lanes.size(); i++) {
      html.append("<i style='background:").append(COLOURS[i]).append("'></i>");
      html.append(lanes.get(i).getAttribute("name")).append(" &nbsp; ");
      for (Row row : rows(lanes.get(i).getChild("filter"))) {
        IMCThread thread = JfrAttributes.EVENT_THREAD.getAccessor(row.type()).getMember(row.item());
        IQuantity start = JfrAttributes.START_TIME.getAccessor(row.type()).getMember(row.item());
        IQuantity end = JfrAttributes.END_TIME.getAccessor(row.type()).getMember(row.item());
        String name = thread == null ? "" : thread.getThreadName();
        slices.add(new Slice(name, i, ns(start), ns(end)));
      }
    }
    draw(slices, lanes.size());
  }

  private static double ns(IQuantity time) {
    // Of a recording's begin: a double holds no time since the epoch to the nanosecond.
    return time.clampedLongValueIn(UnitLookup.EPOCH_NS) % 100_000_000_000_000L;
  }

  private void draw(List<Slice> slices, int lanes) {
    Slice worst =
        slices.stream()
            .filter(slice -> slice.lane() == 0 && slice.thread().equals("strategy"))
            .max(Comparator.comparingDouble(slice -> slice.end() - slice.start()))
            .orElseThrow();
    double from = worst.start() - WINDOW_NS / 2;
    Map<String, List<Slice>> threads = new LinkedHashMap<>();
    threads.put("strategy", new ArrayList<>());
    for (Slice slice : slices) {
      if (slice.end() > from && slice.start() < from + WINDOW_NS) {
        threads.computeIfAbsent(slice.thread(), t -> new ArrayList<>()).add(slice);
      }
    }
    html.append("<p><svg width=").append(WIDTH + 130).append(" height=");
    html.append(THREADS * (lanes + 1) * LANE + 20).append(" font-size=11>");
    int y = 10;
    for (String thread : threads.keySet().stream().limit(THREADS).toList()) {
      html.append("<text x=0 y=").append(y + 2 * LANE).append('>').append(text(thread));
      html.append("</text>");
      for (Slice slice : threads.get(thread)) {
        double x = Math.max(0, (slice.start() - from) / WINDOW_NS) * WIDTH;
        double right = Math.min(1, (slice.end() - from) / WINDOW_NS) * WIDTH;
        html.append("<rect x=").append(130 + x).append(" y=").append(y + slice.lane() * LANE);
        html.append(" width=").append(Math.max(0.5, right - x)).append(" height=").append(LANE - 1);
        html.append(" fill='").append(COLOURS[slice.lane()]).append("'/>");
      }
      y += lanes * LANE;
      html.append("<line x1=0 x2=").append(WIDTH + 130).append(" y1=").append(y);
      html.append(" y2=").append(y).append(" stroke='#ddd'/>");
      y += LANE;
    }
    html.append("</svg><p>40 ms, the longest wait of the strategy thread in the middle.");
  }
}
