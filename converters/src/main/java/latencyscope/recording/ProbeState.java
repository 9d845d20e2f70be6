package latencyscope.recording;

/**
 * Whether a probe is in place; if not, why not and what would help.
 *
 * @param module module to which it belongs; {@code capture} if the whole capture is meant
 * @param probe name of the BPF program; null if the whole module is meant
 * @param state {@code attached}, {@code unavailable} or {@code refused}
 * @param reason why it is not attached; null if it is
 * @param remedy what to do about it; null if there is nothing to do
 */
public record ProbeState(String module, String probe, String state, String reason, String remedy) {
  /** Whether the probe is in place. */
  public boolean attached() {
    return "attached".equals(state);
  }
}
