package latencyscope.report;

import java.util.List;
import latencyscope.analysis.number.Numbers;
import latencyscope.ledger.lost.LossKind;
import latencyscope.ledger.lost.ThreadLoss;

/** Draws what a thread lost as a bar of characters, one kind of character for each kind of loss. */
final class LossBar {
  private static final char NOT_LOST = '·';
  private static final String GAP = "  ";
  private static final String OTHER = "other ";

  private LossBar() {}

  private static char of(LossKind kind) {
    return switch (kind) {
      case CPU_WAIT -> '█';
      case QUOTA -> '▓';
      case INTERRUPTS -> '▒';
      case MEMORY -> '░';
      case SAFEPOINTS -> '▚';
      case BLOCKED -> '▞';
    };
  }

  /** The bar: its whole length is the captured time. */
  static String of(ThreadLoss loss, int columns) {
    StringBuilder bar = new StringBuilder();
    long sum = 0;
    for (ThreadLoss.Part part : loss.parts()) {
      sum += part.ns();
      // Each ends where the sum up to it does, so that roundings do not add up.
      long end = Math.round((double) columns * sum / Math.max(1, loss.captured()));
      while (bar.length() < end) {
        bar.append(of(part.kind()));
      }
    }
    while (bar.length() < columns) {
      bar.append(NOT_LOST);
    }
    return bar.toString();
  }

  /** What each kind of character stands for, and how much it is; the least is added up. */
  static String legend(ThreadLoss loss, int columns) {
    String legend = "";
    long left = loss.lost();
    for (ThreadLoss.Part part : loss.parts()) {
      String more =
          GAP + of(part.kind()) + " " + part.kind().words() + " " + Numbers.time(part.ns());
      boolean isLast = left == part.ns();
      String rest = isLast ? "" : GAP + OTHER + Numbers.time(left - part.ns());
      if (Columns.width(legend + more + rest) - GAP.length() > columns) {
        break;
      }
      legend += more;
      left -= part.ns();
    }
    return (legend + (left == 0 ? "" : GAP + OTHER + Numbers.time(left))).strip();
  }

  /** Columns of the longest name. */
  static int names(List<ThreadLoss> losses, int most) {
    int longest =
        losses.stream().mapToInt(loss -> Columns.width(loss.thread().name())).max().orElse(0);
    return Math.min(most, longest);
  }
}
