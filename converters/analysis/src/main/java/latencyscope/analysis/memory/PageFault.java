package latencyscope.analysis.memory;

import latencyscope.analysis.tally.Timed;
import latencyscope.jfr.schema.EventFields;
import latencyscope.recording.event.CodeStack;
import latencyscope.recording.event.KernelEvent;
import latencyscope.recording.thread.ThreadId;

/**
 * A thread touched memory that was not mapped.
 *
 * @param thread the thread
 * @param start begin, nanoseconds since the epoch
 * @param duration length, nanoseconds; 0 if it was not measured
 * @param cpu CPU on which it ended
 * @param major whether it had to wait for a device
 * @param region what the memory is used for, such as {@code mapped-file}
 * @param file path of the mapped file; null if it is none
 * @param offset in the file, bytes
 * @param pageNode NUMA node that the page was on; -1 if not known
 * @param cpuNode NUMA node of the CPU; -1 if not known
 * @param stack where in the program
 * @param access {@code read}, {@code write}, {@code execute} or {@code unknown}
 */
record PageFault(
    ThreadId thread,
    long start,
    long duration,
    int cpu,
    boolean major,
    String region,
    String file,
    long offset,
    int pageNode,
    int cpuNode,
    CodeStack stack,
    String access)
    implements Timed {
  static PageFault of(KernelEvent event) {
    String region = event.text(EventFields.REGION);
    return new PageFault(
        event.thread(),
        event.start(),
        event.duration(),
        event.cpu(),
        "major".equals(event.text(EventFields.KIND)),
        region == null ? "unknown" : region,
        event.text(EventFields.FILE),
        event.number(EventFields.FILE_OFFSET),
        (int) event.number(EventFields.PAGE_NODE, -1),
        (int) event.number(EventFields.CPU_NODE, -1),
        event.stack(),
        event.text(EventFields.ACCESS));
  }

  /** Whether it is known where the page was. */
  boolean isLocated() {
    return pageNode >= 0 && cpuNode >= 0;
  }

  /** Whether the page was on another node than the CPU. */
  boolean isRemote() {
    return isLocated() && pageNode != cpuNode;
  }

  /** The memory in words. */
  String place() {
    return file == null ? region : file + " at offset " + offset;
  }
}
