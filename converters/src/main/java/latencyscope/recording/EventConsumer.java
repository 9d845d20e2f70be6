package latencyscope.recording;

/** Takes the kernel events of a recording one by one, in the order of the file. */
@FunctionalInterface
public interface EventConsumer {
  /**
   * Takes one event.
   *
   * @param event reused for the next one: valid during this call only
   */
  void accept(KernelEvent event);
}
