package latencyscope.jmc;

import org.openjdk.jmc.common.unit.IQuantity;
import org.openjdk.jmc.common.unit.UnitLookup;
import org.openjdk.jmc.flightrecorder.rules.Severity;

/** What a severity of the report is on Mission Control's scale from 0 to 100. */
enum Score {
  /** Nothing of note. */
  PASS(0),
  /** Mission Control's own mark for what a recording does not answer. */
  NOT_MEASURED(-1),
  /** Yellow: from 25 on. */
  WARN(50),
  /** Red: from 75 on. */
  FAIL(100);

  private final double points;

  Score(double points) {
    this.points = points;
  }

  static Score of(latencyscope.analysis.finding.Severity severity) {
    return valueOf(severity.name());
  }

  Severity severity() {
    return this == NOT_MEASURED ? Severity.NA : Severity.get(points);
  }

  IQuantity quantity() {
    return UnitLookup.NUMBER_UNITY.quantity(points);
  }
}
