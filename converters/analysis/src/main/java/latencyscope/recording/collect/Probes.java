package latencyscope.recording.collect;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import latencyscope.jfr.schema.EventFields;
import latencyscope.recording.event.EventType;
import latencyscope.recording.fact.ProbeCosts;
import latencyscope.recording.fact.ProbeState;

/**
 * Which probes were attached, and what they cost: from {@code ProbeStatus} and {@code ProbeCost}
 * events. Not safe for use by several threads.
 */
public final class Probes {
  private final Notes notes;
  private final Map<String, ProbeState> states = new LinkedHashMap<>();
  private final Map<String, ProbeCosts> costs = new LinkedHashMap<>();

  /**
   * Creates one without a probe.
   *
   * @param notes where is said what was left out
   */
  public Probes(Notes notes) {
    this.notes = notes;
  }

  // Only in a damaged file is it missing. A probe without a name is the whole module.
  private boolean isOfModule(EventType type, Object[] values) {
    boolean named = type.text(values, EventFields.MODULE) != null;
    if (!named) {
      notes.add("A probe without a module was left out: the recording is damaged.");
    }
    return named;
  }

  /** Takes the state of a probe. */
  public void addState(EventType type, Object[] values) {
    if (!isOfModule(type, values)) {
      return;
    }
    ProbeState state =
        new ProbeState(
            type.text(values, EventFields.MODULE),
            type.text(values, EventFields.PROBE),
            type.text(values, EventFields.STATE),
            type.text(values, EventFields.REASON),
            type.text(values, EventFields.REMEDY));
    // A probe that was missing for a part of the time leaves a hole that nothing after it fills.
    states.merge(
        state.module() + '/' + state.probe(),
        state,
        (before, now) -> before.attached() || !now.attached() ? now : before);
  }

  /** Takes what a probe cost. */
  public void addCost(EventType type, Object[] values) {
    if (!isOfModule(type, values)) {
      return;
    }
    ProbeCosts cost =
        new ProbeCosts(
            type.text(values, EventFields.MODULE),
            type.text(values, EventFields.PROBE),
            type.number(values, EventFields.RUNS, -1),
            type.number(values, EventFields.TIME, -1),
            type.number(values, EventFields.MISSED, 0));
    costs.merge(cost.module() + '/' + cost.probe(), cost, ProbeCosts::plus);
  }

  /** Notes that the capture runs: what was loading before is so no more. */
  public void haveLoaded() {
    states.values().removeIf(ProbeState::loading);
  }

  /** State of each probe. */
  public List<ProbeState> states() {
    return List.copyOf(states.values());
  }

  /** Cost of each probe. */
  public List<ProbeCosts> costs() {
    return List.copyOf(costs.values());
  }
}
