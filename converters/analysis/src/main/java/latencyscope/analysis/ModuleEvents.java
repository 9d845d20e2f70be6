package latencyscope.analysis;

import latencyscope.recording.event.KernelEvent;

/** What adds up the events of one module. Not safe for use by several threads. */
public interface ModuleEvents {
  /** Takes an event. */
  void add(KernelEvent event);

  /** Takes the worst event of a distribution, which may be below the threshold. */
  default void addExemplar(KernelEvent event) {}
}
