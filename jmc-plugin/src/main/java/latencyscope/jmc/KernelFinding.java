package latencyscope.jmc;

import java.util.Locale;
import latencyscope.analysis.finding.Finding;
import org.openjdk.jmc.common.IDisplayable;
import org.openjdk.jmc.common.unit.IQuantity;
import org.openjdk.jmc.common.unit.UnitLookup;

/**
 * A finding as Mission Control shows one: with quantities that it formats as the user likes them.
 * Immutable.
 *
 * @param finding what the command line reports
 */
public record KernelFinding(Finding finding) implements IDisplayable {
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

  /** Severity, title, and what is known of the worst: a sentence that can stand alone. */
  @Override
  public String displayUsing(String formatHint) {
    StringBuilder text = new StringBuilder();
    text.append("\n[").append(finding.severity()).append("] ").append(finding.title());
    if (finding.isNote()) {
      return text.toString();
    }
    if (isMeasured()) {
      text.append(": ").append(times());
      append(text, ", ", finding.count() == 1 && worst() != null ? null : total(), " in total");
      append(text, finding.count() == 1 ? ", " : ", the worst ", worst(), "");
      append(text, worst() == null && finding.count() > 1 ? ", one of them at " : " at ", at(), "");
      if (finding.culprit() != null) {
        text.append(", by ").append(finding.culpritInWords());
      }
    }
    text.append('.');
    if (finding.evidence() != null) {
      text.append(' ').append(finding.evidence());
    }
    if (finding.code() != null) {
      text.append(' ').append(finding.code());
    }
    return text.toString();
  }

  // What the capture lacks is counted in its title.
  private boolean isMeasured() {
    return finding.totalNs() != null || finding.worstNs() != null || finding.at() != null;
  }

  private String times() {
    return finding.count() == 1 ? "once" : String.format(Locale.ROOT, "%,d times", finding.count());
  }

  private static void append(StringBuilder text, String before, IQuantity value, String after) {
    if (value != null) {
      text.append(before).append(value.displayUsing(AUTO)).append(after);
    }
  }
}
