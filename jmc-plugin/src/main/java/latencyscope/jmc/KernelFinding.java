package latencyscope.jmc;

import latencyscope.analysis.Finding;
import org.openjdk.jmc.common.IDisplayable;
import org.openjdk.jmc.common.unit.IQuantity;
import org.openjdk.jmc.common.unit.UnitLookup;

/**
 * A finding as Mission Control shows one: with quantities that it formats as the user likes them.
 * Immutable.
 *
 * @param finding what the command line reports
 * @param inFull whether it is shown with what it rests on
 */
public record KernelFinding(Finding finding, boolean inFull) implements IDisplayable {
  /** How often. */
  public IQuantity count() {
    return UnitLookup.NUMBER_UNITY.quantity(finding.count());
  }

  /** What it cost in all; null if that was not measured. */
  public IQuantity total() {
    return timespan(finding.totalNs());
  }

  /** The most that it cost at once; null if that was not measured. */
  public IQuantity worst() {
    return timespan(finding.worstNs());
  }

  /** When the worst began; null if that is not known. */
  public IQuantity at() {
    return finding.at() == null ? null : UnitLookup.EPOCH_NS.quantity(finding.at());
  }

  private static IQuantity timespan(Long ns) {
    return ns == null ? null : UnitLookup.NANOSECOND.quantity(ns);
  }

  /** Severity, title, and what is known of the worst, on a line of its own. */
  @Override
  public String displayUsing(String formatHint) {
    StringBuilder text = new StringBuilder();
    text.append("\n[").append(finding.severity()).append("] ").append(finding.title());
    text.append(": ").append(count().displayUsing(formatHint)).append(" times");
    append(text, ", ", total(), " in all");
    append(text, ", worst ", worst(), "");
    append(text, " at ", at(), "");
    if (finding.culprit() != null) {
      text.append(", by ").append(finding.culprit());
    }
    text.append('.');
    if (inFull && finding.evidence() != null) {
      text.append(' ').append(finding.evidence());
    }
    return text.toString();
  }

  private static void append(StringBuilder text, String before, IQuantity value, String after) {
    if (value != null) {
      text.append(before).append(value.displayUsing(AUTO)).append(after);
    }
  }
}
