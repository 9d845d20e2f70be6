package latencyscope.bpf.libbpf;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import latencyscope.bpf.error.BpfException;
import latencyscope.bpf.error.Errno;
import latencyscope.bpf.error.Refusal;
import latencyscope.bpf.ffm.Libc;
import latencyscope.bpf.kernel.Kernel;

/**
 * Has a program run at every occurrence of a software event, on every CPU that is online.
 *
 * <p>One descriptor per CPU rather than one per thread of the target: those would have to be
 * switched with every thread, which the target would pay for. A CPU that comes online later is not
 * covered.
 */
final class PerfEvents {
  /** Size of the first version of {@code struct perf_event_attr}, which every kernel knows. */
  private static final int ATTR_SIZE = 64;

  private static final int TYPE_SOFTWARE = 1;
  private static final int TYPE_OFFSET = 0;
  private static final int SIZE_OFFSET = 4;
  private static final int CONFIG_OFFSET = 8;
  private static final int PERIOD_OFFSET = 16;

  private PerfEvents() {}

  /**
   * Opens the events and links the program to them.
   *
   * @return the links, which own the events
   * @throws MissingCapabilityException without CAP_PERFMON
   * @throws BpfException when the kernel refuses for another reason; then nothing is left open
   */
  static List<MemorySegment> attach(String program, MemorySegment handle, SoftwareEvent event)
      throws BpfException {
    List<MemorySegment> links = new ArrayList<>();
    try {
      for (int cpu : Kernel.running().onlineCpus().stream().toArray()) {
        int fd = open(event, cpu);
        if (fd == -Errno.ENODEV) {
          continue; // has gone offline since
        }
        links.add(link(program, handle, Refusal.check("open the events of " + program, fd)));
      }
      return links;
    } catch (BpfException | RuntimeException e) {
      links.forEach(LoadedObject::destroy);
      throw e;
    }
  }

  private static MemorySegment link(String program, MemorySegment handle, int fd)
      throws BpfException {
    try {
      return LibBpf.ATTACH_PERF_EVENT.pointer("attach " + program, handle.address(), fd);
    } catch (BpfException | RuntimeException e) {
      Libc.close(fd); // only a link takes it over
      throw e;
    }
  }

  private static int open(SoftwareEvent event, int cpu) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment attr = arena.allocate(ATTR_SIZE, Long.BYTES);
      attr.set(JAVA_INT, TYPE_OFFSET, TYPE_SOFTWARE);
      attr.set(JAVA_INT, SIZE_OFFSET, ATTR_SIZE);
      attr.set(JAVA_LONG, CONFIG_OFFSET, event.config);
      attr.set(JAVA_LONG, PERIOD_OFFSET, 1); // every one of them
      int fd = Libc.perfEventOpen(attr, cpu);
      // What perf_event_paranoid forbids is EACCES; what is missing is the same capability.
      return fd == -Errno.EACCES ? -Errno.EPERM : fd;
    }
  }
}
