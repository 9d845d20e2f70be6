package latencyscope.html;

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
  private static final int WIDTH = 1200;
  private static final int ROW = 22;
  private static final int TOP = 44;
  private static final double MIN_WIDTH = 0.3;
  private static final double CHARACTER = 6.6;
  private static final int TEXT_BASE = 15;

  // Of one hue each, so that a module is known by its colour.
  private static final int[] HUES = {18, 205, 140, 275, 48, 330};

  private final CostReport costs;
  private final StringBuilder svg = new StringBuilder();
  private final double scale;
  private int depth;

  private FlameGraph(CostReport costs) {
    this.costs = costs;
    this.scale = costs.root().totalNs() == 0 ? 0 : (double) WIDTH / costs.root().totalNs();
  }

  /** The picture. */
  public static String svg(CostReport costs) {
    return new FlameGraph(costs).draw();
  }

  private String draw() {
    frame(costs.root(), 0, 0, -1);
    int height = TOP + (depth + 1) * ROW + 8;
    String head =
        String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"100%%\""
                + " role=\"img\" font-family=\"ui-monospace,Menlo,Consolas,monospace\""
                + " font-size=\"11\"><text x=\"4\" y=\"16\" font-size=\"14\""
                + " fill=\"currentColor\">Alpha: %s (width = dollars)</text>"
                + "<text x=\"4\" y=\"34\" fill=\"currentColor\" opacity=\"0.7\">%s</text>%n",
            WIDTH,
            height,
            Dollars.of(costs.dollars(costs.root())),
            Markup.escape(rate()));
    return head + svg + "</svg>\n";
  }

  private String rate() {
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
    int y = TOP + level * ROW;
    svg.append("<g><title>").append(Markup.escape(title(node))).append("</title>");
    svg.append(
        String.format(
            Locale.ROOT,
            "<rect x=\"%.2f\" y=\"%d\" width=\"%.2f\" height=\"%d\" rx=\"2\" fill=\"%s\"/>",
            x,
            y,
            Math.max(MIN_WIDTH, width - 0.5),
            ROW - 1,
            colour(level, hue)));
    int fitting = (int) ((width - 6) / CHARACTER);
    if (fitting > 2) {
      svg.append(
          String.format(
              Locale.ROOT,
              "<text x=\"%.2f\" y=\"%d\" fill=\"#10141a\">%s</text>",
              x + 4,
              y + TEXT_BASE,
              Markup.escape(cut(label(node), fitting))));
    }
    svg.append("</g>\n");
    double left = x;
    int index = 0;
    for (CostNode child : node.children()) {
      frame(child, left, level + 1, level == 0 ? HUES[index++ % HUES.length] : hue);
      left += child.totalNs() * scale;
    }
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
