package latencyscope.recording.fact;

/**
 * Whether a probe is in place; if not, why not and what would help.
 *
 * @param module module to which it belongs; {@code capture} if the whole capture is meant
 * @param probe name of the BPF program; null if the whole module is meant
 * @param state {@code attached}, {@code unavailable}, {@code refused}, {@code accounts} of a module
 *     that has counts from {@code /proc} instead of probes, or {@code loading} as long as the
 *     capture's modules are being loaded
 * @param reason why it is not attached; null if it is
 * @param remedy what to do about it; null if there is nothing to do
 */
public record ProbeState(String module, String probe, String state, String reason, String remedy) {
  /** Whether the probe is in place. */
  public boolean attached() {
    return "attached".equals(state);
  }

  /** Whether the module has nothing but the kernel's counts from {@code /proc}. */
  public boolean accounts() {
    return "accounts".equals(state);
  }

  /** Whether the capture had not begun yet: its modules were being loaded. */
  public boolean loading() {
    return "loading".equals(state);
  }
}
