package latencyscope.agent.module;

import latencyscope.bpf.error.BpfException;
import latencyscope.jfr.capture.ProbeStatus;

/**
 * A probe and whether it is in place.
 *
 * @param module to which it belongs; {@code capture} for the capture as a whole
 * @param program name of the BPF program; null for a whole module
 * @param state {@code attached}, {@code unavailable} (the host lacks it), {@code refused} or {@code
 *     loading}
 * @param reason why it is not attached; null if it is
 * @param remedy what to do about it; null if there is nothing to do
 */
public record Probe(String module, String program, String state, String reason, String remedy) {
  static Probe attached(String module, String program) {
    return new Probe(module, program, "attached", null, null);
  }

  static Probe unavailable(String module, String program, String reason) {
    return new Probe(module, program, "unavailable", reason, null);
  }

  /** Of the whole capture, whose modules are being loaded. */
  public static Probe loading(String reason, String remedy) {
    return new Probe("capture", null, "loading", reason, remedy);
  }

  static Probe refused(String module, String program, BpfException cause) {
    return new Probe(module, program, "refused", cause.problem(), cause.remedy());
  }

  public boolean isAttached() {
    return state.equals("attached");
  }

  /** Commits the status as an event. */
  public void commit() {
    ProbeStatus event = new ProbeStatus();
    event.module = module;
    event.probe = program;
    event.state = state;
    event.reason = reason;
    event.remedy = remedy;
    event.commit();
  }
}
