package latencyscope.recording.event;

import java.util.Set;

/**
 * Takes the kernel events of a recording one by one, in the order of the file, and those of the JVM
 * that it asks for.
 */
@FunctionalInterface
public interface EventConsumer {
  /**
   * Takes one event.
   *
   * @param event reused for the next one: valid during this call only
   */
  void accept(KernelEvent event);

  /**
   * Takes an event that was below its threshold and is in the recording because it was one of the
   * longest of its kind: good for lists of the worst, not for counting.
   *
   * @param event valid during this call only
   */
  default void acceptExemplar(KernelEvent event) {}

  /**
   * Whether {@link #accept(JvmEvent)} wants the events of a type. Asked once for each type of a
   * chunk, so that the events of all others cost nothing.
   *
   * @param type full name of a type that is not one of LatencyScope's, such as {@code
   *     jdk.ThreadPark}
   */
  default boolean wants(String type) {
    return false;
  }

  /**
   * The same, for consumers that look at what the type describes.
   *
   * @param contextual the type's fields that tell what other events of the thread belong to
   */
  default boolean wants(String type, Set<String> contextual) {
    return wants(type);
  }

  /**
   * Takes one event of the JVM or of a program in it.
   *
   * @param event reused for the next one: valid during this call only
   */
  default void accept(JvmEvent event) {}

  /**
   * A chunk has ended. Events come in the order of the file, in which those of one thread may be
   * late by up to a chunk: what belongs together has now come, but for what the border divided.
   */
  default void endOfChunk() {}

  /** Takes what was measured of one thread or subject over one interval. */
  default void accept(MeasuredInterval interval) {}
}
