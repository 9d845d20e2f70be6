package latencyscope.html;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import latencyscope.alpha.CostNode;
import latencyscope.alpha.CostReport;
import latencyscope.alpha.Dollars;

/**
 * Draws costs as a flame graph that hangs down: module, cause, culprit, thread; width is dollars.
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

  private final CostReport costs;
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

  FlameGraph(CostReport costs) {
    this.costs = costs;
    this.scale = costs.root().totalNs() == 0 ? 0 : (double) WIDTH / costs.root().totalNs();
    frame(costs.root(), 0, 0, -1);
  }

  /** The picture. */
  public static String svg(CostReport costs) {
    StringBuilder svg = new StringBuilder();
    try {
      Templates.write("flamegraph", new FlameGraph(costs), svg);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return svg.toString();
  }

  int height() {
    return TOP + (depth + 1) * ROW + 8;
  }

  String dollars() {
    return Dollars.of(costs.dollars(costs.root()));
  }

  List<Frame> frames() {
    return frames;
  }

  String rate() {
    return String.format(
        Locale.ROOT,
        "$%,.0f notional, %s bps per µs; module, cause, culprit, thread",
        costs.rate().notional(),
        costs.rate().bpsPerUs());
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
            colour(level, hue),
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

  private String label(CostNode node) {
    return node.name() + "  " + Dollars.of(costs.dollars(node));
  }

  private String title(CostNode node) {
    double share = 100.0 * node.totalNs() / Math.max(1, costs.root().totalNs());
    return String.format(
        Locale.ROOT,
        "%s: %s (%.1f %%), %,d times, %,.1f µs",
        node.name(),
        Dollars.of(costs.dollars(node)),
        share,
        node.count(),
        node.totalNs() / 1e3);
  }

  private static String cut(String text, int columns) {
    int[] points = text.codePoints().toArray();
    return points.length <= columns ? text : new String(points, 0, Math.max(1, columns - 1)) + "…";
  }
}
