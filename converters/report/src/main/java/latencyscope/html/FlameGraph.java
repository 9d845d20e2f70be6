package latencyscope.html;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.LongFunction;
import latencyscope.alpha.CostNode;
import latencyscope.alpha.CostRate;
import latencyscope.alpha.CostReport;
import latencyscope.alpha.Dollars;
import latencyscope.analysis.flame.FlameKind;
import latencyscope.analysis.number.Numbers;
import latencyscope.jfr.StackText;
import latencyscope.recording.event.CodeStack;

/**
 * Draws a flame graph that hangs down. Of costs: module, cause, culprit, thread; width is dollars.
 * Of the program's lines: thread, frames, what happened there; width is time, or dollars.
 *
 * <p>A single SVG without a script, whose every text is escaped: a thread may have any name.
 */
public final class FlameGraph {
  static final int WIDTH = 1200;
  static final int ROW = 22;
  private static final int TOP = 44;
  private static final double MIN_WIDTH = 0.3;
  private static final double CHARACTER = 6.6;
  private static final int TEXT_BASE = 15;

  // Of one hue each, so that a module is known by its colour.
  private static final int[] HUES = {18, 205, 140, 275, 48, 330};

  private final CostNode root;
  private final LongFunction<String> amount;
  private final boolean isOfCode;
  private final String heading;
  private final String note;
  private final List<Frame> frames = new ArrayList<>();
  private final double scale;
  private int depth;

  /**
   * One box.
   *
   * @param title all that there is to say of it
   * @param label what fits into it; null if nothing does
   */
  record Frame(
      String title, String x, int y, String width, String colour, String textX, String label) {
    int textY() {
      return y + TEXT_BASE;
    }
  }

  private FlameGraph(
      CostNode root, LongFunction<String> amount, boolean isOfCode, String heading, String note) {
    this.root = root;
    this.amount = amount;
    this.isOfCode = isOfCode;
    this.heading = heading;
    this.note = note;
    this.scale = root.totalNs() == 0 ? 0 : (double) WIDTH / root.totalNs();
    frame(root, 0, 0, -1);
  }

  /** Of costs, to be put into a page. */
  static FlameGraph of(CostReport costs) {
    CostRate rate = costs.rate();
    String all = Dollars.of(costs.dollars(costs.root()));
    return new FlameGraph(
        costs.root(),
        ns -> Dollars.of(rate.dollars(ns)),
        false,
        "Alpha: " + all + " (width = dollars)",
        worth(rate) + "; module, cause, culprit, thread");
  }

  /** The picture of costs. */
  public static String svg(CostReport costs) {
    return svg(of(costs));
  }

  /**
   * The picture of the program's lines.
   *
   * @param kind what they are about
   * @param root thread, frames from the outermost to the innermost, what happened there
   * @param rate what time is worth; null if width is time
   */
  public static String svg(FlameKind kind, CostNode root, CostRate rate) {
    LongFunction<String> amount = rate == null ? Numbers::time : ns -> Dollars.of(rate.dollars(ns));
    String all = amount.apply(root.totalNs());
    String order =
        "thread, its frames (yellow: the JDK's), what happened there; without the JVM's own threads";
    return svg(
        new FlameGraph(
            root,
            amount,
            true,
            kind.title() + ": " + all + " (width = " + (rate == null ? "time)" : "dollars)"),
            (rate == null ? "" : worth(rate) + "; ") + order));
  }

  private static String svg(FlameGraph graph) {
    StringBuilder svg = new StringBuilder();
    try {
      Templates.write("flamegraph", graph, svg);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return svg.toString();
  }

  private static String worth(CostRate rate) {
    return String.format(
        Locale.ROOT, "$%,.0f notional, %s bps per µs", rate.notional(), rate.bpsPerUs());
  }

  int height() {
    return TOP + (depth + 1) * ROW + 8;
  }

  String heading() {
    return heading;
  }

  String note() {
    return note;
  }

  List<Frame> frames() {
    return frames;
  }

  private void frame(CostNode node, double x, int level, int hue) {
    double width = node.totalNs() * scale;
    if (width < MIN_WIDTH) {
      return;
    }
    depth = Math.max(depth, level);
    int fitting = (int) ((width - 6) / CHARACTER);
    frames.add(
        new Frame(
            title(node),
            decimal(x),
            TOP + level * ROW,
            decimal(Math.max(MIN_WIDTH, width - 0.5)),
            isOfCode ? colour(node.name(), level) : colour(level, hue),
            decimal(x + 4),
            fitting > 2 ? cut(label(node), fitting) : null));
    double left = x;
    int index = 0;
    for (CostNode child : node.children()) {
      frame(child, left, level + 1, level == 0 ? HUES[index++ % HUES.length] : hue);
      left += child.totalNs() * scale;
    }
  }

  private static String decimal(double number) {
    return String.format(Locale.ROOT, "%.2f", number);
  }

  private static String colour(int level, int hue) {
    return hue < 0 ? "#c9ced6" : "hsl(" + hue + ",72%," + (58 + 6 * level) + "%)";
  }

  private static String colour(String name, int level) {
    if (level == 0 || name.equals(StackText.UNKNOWN)) {
      return "#c9ced6";
    }
    if (level == 1) {
      return "hsl(215,45%,80%)";
    }
    if (name.startsWith("[")) {
      return "hsl(18,80%,74%)"; // no frame: what happened
    }
    return CodeStack.isOfJdk(name) ? "hsl(48,72%,80%)" : "hsl(140,50%,70%)";
  }

  private String label(CostNode node) {
    return node.name() + "  " + amount.apply(node.totalNs());
  }

  private String title(CostNode node) {
    double share = 100.0 * node.totalNs() / Math.max(1, root.totalNs());
    return String.format(
        Locale.ROOT,
        "%s: %s (%.1f %%), %,d times, %,.1f µs",
        node.name(),
        amount.apply(node.totalNs()),
        share,
        node.count(),
        node.totalNs() / 1e3);
  }

  private static String cut(String text, int columns) {
    int[] points = text.codePoints().toArray();
    return points.length <= columns ? text : new String(points, 0, Math.max(1, columns - 1)) + "…";
  }
}
