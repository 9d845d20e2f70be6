package latencyscope.bpf.libbpf;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.OptionalLong;
import latencyscope.bpf.error.BpfException;
import latencyscope.bpf.error.Refusal;

/**
 * What the kernel says of a loaded program.
 *
 * <p>Source: {@code struct bpf_prog_info} of linux/bpf.h, whose fields never move.
 *
 * @param name the program's whole name; the kernel itself keeps 15 characters
 * @param id number in {@code bpftool prog show}
 * @param runCount runs while run times were counted, see {@link RunTimeAccounting}
 * @param runTimeNs nanoseconds in those runs
 * @param recursionMisses runs left out because the program was running on that CPU already; empty
 *     before Linux 5.12 (9ed9e9ba2337), which does not count them
 */
public record ProgramInfo(
    String name, int id, long runCount, long runTimeNs, OptionalLong recursionMisses) {
  private static final int ID = 4;
  private static final int RUN_TIME_NS = 192;
  private static final int RUN_COUNT = 200;
  private static final int RECURSION_MISSES = 208;
  private static final int SIZE = 216;

  static ProgramInfo of(String name, int fd) throws BpfException {
    try (Arena arena = Arena.ofConfined()) {
      // Zeroed, so the kernel finds no buffer to copy instructions or maps to.
      MemorySegment info = arena.allocate(SIZE, Long.BYTES);
      MemorySegment length = arena.allocateFrom(JAVA_INT, SIZE);
      int result = LibBpf.OBJECT_INFO.integer(fd, info.address(), length.address());
      Refusal.check("ask the kernel about " + name, result);
      // The kernel writes back how much of the struct it knows.
      boolean counted = length.get(JAVA_INT, 0) >= SIZE;
      return new ProgramInfo(
          name,
          info.get(JAVA_INT, ID),
          info.get(JAVA_LONG, RUN_COUNT),
          info.get(JAVA_LONG, RUN_TIME_NS),
          counted ? OptionalLong.of(info.get(JAVA_LONG, RECURSION_MISSES)) : OptionalLong.empty());
    }
  }
}
