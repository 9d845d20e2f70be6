package latencyscope.analysis.finding;

/**
 * A culprit that is shown by name alone: a file, a device, a part of the kernel, or a task where
 * its name is enough.
 *
 * @param name what people know it by
 * @param task the task that it is; null if it is none
 */
public record Named(String name, Task task) implements Culprit {
  /** What is no task; null if it has no name. */
  public static Named of(String name) {
    return name == null ? null : new Named(name, null);
  }

  @Override
  public String describe() {
    return name;
  }
}
