package latencyscope.analysis.finding;

/**
 * What interrupted a thread or a CPU.
 *
 * @param source where the interrupt came from
 * @param function kernel function that ran longest in it; null if not known
 */
public record Interrupter(InterruptSource source, String function) implements Culprit {
  @Override
  public String describe() {
    return source.describe() + (function == null ? "" : ", " + function);
  }

  /** In words, as the subject of a sentence: the function stands between commas. */
  public String asSubject() {
    return describe() + (function == null ? "" : ",");
  }

  @Override
  public Task task() {
    return null;
  }
}
