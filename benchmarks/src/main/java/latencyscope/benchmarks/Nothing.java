package latencyscope.benchmarks;

/** A JVM that starts and ends, or an agent in it that does nothing: what is left is the cost. */
final class Nothing {
  private Nothing() {}

  /** Does nothing, as an agent. */
  public static void premain(String options) {}

  /** Does nothing. */
  public static void main(String[] args) {}
}
