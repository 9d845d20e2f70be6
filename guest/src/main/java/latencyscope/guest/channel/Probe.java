package latencyscope.guest.channel;

import latencyscope.jfr.capture.ProbeStatus;

/**
 * A probe and whether it is in place.
 *
 * @param module to which it belongs; {@code capture} for the capture as a whole
 * @param program name of the BPF program; null for a whole module
 * @param state {@code attached}, {@code unavailable} (the host lacks it), {@code refused}, {@code
 *     accounts} (counts from {@code /proc} instead) or {@code loading}
 * @param reason why it is not attached; null if it is
 * @param remedy what to do about it; null if there is nothing to do
 */
public record Probe(String module, String program, String state, String reason, String remedy) {
  /** In place. */
  public static Probe attached(String module, String program) {
    return new Probe(module, program, "attached", null, null);
  }

  /** Something that the host lacks, or that cannot be had otherwise; the reason is a sentence. */
  public static Probe unavailable(String module, String program, String reason) {
    return new Probe(module, program, "unavailable", reason, null);
  }

  /** Of the whole capture, whose modules are being loaded. */
  public static Probe loading(String reason, String remedy) {
    return new Probe("capture", null, "loading", reason, remedy);
  }

  /** Of a module that has counts from {@code /proc} alone; reason and remedy as of a refusal. */
  public static Probe accounts(String module, String reason, String remedy) {
    return new Probe(module, null, "accounts", reason, remedy);
  }

  /** Refused by the kernel; reason and remedy are sentences without a full stop. */
  public static Probe refused(String module, String program, String reason, String remedy) {
    return new Probe(module, program, "refused", reason, remedy);
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
