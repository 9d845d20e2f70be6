package latencyscope.benchmarks;

/** A JVM that starts and ends: what is left is what starting costs. */
final class Nothing {
  private Nothing() {}

  /** Does nothing. */
  public static void main(String[] args) {}
}
