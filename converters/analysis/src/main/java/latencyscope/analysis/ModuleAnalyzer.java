package latencyscope.analysis;

import latencyscope.recording.event.KernelEvent;

/**
 * Judges what a module of the kernel's measured, by the sum of its events. Not safe for use by
 * several threads.
 *
 * @param <E> what adds up its events
 */
public abstract class ModuleAnalyzer<E extends ModuleEvents> implements Analyzer {
  /** Rows of a table in the report; JSON has more. */
  protected static final int TABLE_ROWS = 8;

  /** Findings of a module in the report. */
  protected static final int MAX_FINDINGS = 500;

  /** What its events add up to. */
  protected final E events;

  /** Creates an analyzer that has seen nothing. */
  protected ModuleAnalyzer(E events) {
    this.events = events;
  }

  @Override
  public final void accept(KernelEvent event) {
    events.add(event);
  }

  @Override
  public final void acceptExemplar(KernelEvent event) {
    events.addExemplar(event);
  }
}
