package latencyscope.jmc;

import java.util.List;
import java.util.stream.Collectors;
import latencyscope.analysis.number.Numbers;
import latencyscope.jfr.Schema;
import latencyscope.recording.Recording;

/** What the events of a module leave out, in words. */
final class Thresholds {
  private Thresholds() {}

  /** A paragraph on which events are not in the recording; empty if the module has no events. */
  static String remark(String module, Recording recording) {
    List<String> events =
        Schema.types().stream()
            .filter(type -> type.module().equals(module))
            .map(type -> type.name().substring(Fields.OURS.length()))
            .toList();
    if (events.isEmpty() || module.equals(Schema.CAPTURE)) {
      return "";
    }
    String raised =
        events.stream()
            .filter(event -> recording.highestFloor(event) > 0)
            .map(event -> event + " from " + Numbers.time(recording.highestFloor(event)) + " on")
            .collect(Collectors.joining(", "));
    return "\n\nThe module's page holds the events above their thresholds only."
        + (raised.isEmpty()
            ? ""
            : " For a while, to keep its cost within the budget, the capture kept only "
                + raised
                + ": where a chart of these falls, the interference need not have ended.");
  }
}
