package latencyscope.agent;

import java.lang.foreign.MemorySegment;
import latencyscope.jfr.KernelEvent;

/** Copies one member of a kernel record into the event's field of the same name. */
@FunctionalInterface
interface FieldCopy {
  /**
   * Copies the member of the record that lies at the offset.
   *
   * @throws Throwable never in practice: a method handle's signature
   */
  void copy(MemorySegment data, long offset, KernelEvent event) throws Throwable;
}
