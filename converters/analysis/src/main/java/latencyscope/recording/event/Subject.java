package latencyscope.recording.event;

/**
 * Something other than a thread that a module measures, on one CPU.
 *
 * @param kind what it is, such as {@code line} or {@code vector}
 * @param id which one, as the kernel numbers it
 * @param name the kernel's name for it; null if it has none
 * @param cpu CPU on which it was measured; {@link #NO_CPU} for all
 */
public record Subject(String kind, long id, String name, int cpu) {
  /** The measure is not of one CPU. */
  public static final int NO_CPU = -1;
}
