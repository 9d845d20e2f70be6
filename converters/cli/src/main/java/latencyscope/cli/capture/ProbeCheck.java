package latencyscope.cli.capture;

import java.util.List;
import latencyscope.cli.console.UserError;
import latencyscope.jfr.Schema;
import latencyscope.recording.fact.ProbeState;

/** Says why a capture that has no probe in place could not begin. */
public final class ProbeCheck {
  private ProbeCheck() {}

  /**
   * Checks that something is captured.
   *
   * @param probes the state of each probe
   * @throws UserError if none is in place; the sentence says why
   */
  public static void requireAny(List<ProbeState> probes) throws UserError {
    if (probes.stream().anyMatch(ProbeState::attached)) {
      return;
    }
    // The capture as a whole says it best; else any probe does.
    ProbeState why =
        probes.stream()
            .filter(p -> Schema.CAPTURE.equals(p.module()))
            .findFirst()
            .or(() -> probes.stream().findFirst())
            .orElseThrow(() ->
                new UserError(
                    "nothing could be captured, and the agent gave no reason; run latencyscope"
                        + " doctor"));
    throw new UserError(
        "nothing could be captured: "
            + why.reason()
            + (why.remedy() == null ? "" : "; " + why.remedy()));
  }
}
