package latencyscope.bpf.libbpf;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import latencyscope.bpf.error.BpfException;
import latencyscope.proc.KernelText;

/**
 * Names for addresses in the kernel's code.
 *
 * <p>Source: the running kernel's own look-up, which its stack traces use too ({@code %pB}), asked
 * by a program that runs once for each question. Needs no {@code /proc/kallsyms}, so neither
 * CAP_SYSLOG nor the time and memory that its 200,000 lines take. A question takes half a
 * millisecond. Safe for use by several threads, until the object is closed.
 */
public final class KernelSymbols {
  private static final String PROGRAM = "ls_name_function";

  private final LoadedObject object;
  private final MemorySegment wanted;

  private KernelSymbols(LoadedObject object) throws BpfException {
    this.object = object;
    wanted = object.variable("wanted_address");
  }

  /** Whether an object has the program that asks. */
  public static boolean areResolvedBy(LoadedObject object) {
    return object.programs().contains(PROGRAM);
  }

  /**
   * Names as an object's program prints them.
   *
   * @param object one that {@linkplain #areResolvedBy can}
   * @throws BpfException when its memory cannot be mapped
   */
  public static KernelSymbols of(LoadedObject object) throws BpfException {
    return new KernelSymbols(object);
  }

  /**
   * The function that an address lies in.
   *
   * @param address of an instruction, such as the one a work item or timer is to call
   * @return the function's name, without its module's; null where no function is
   * @throws BpfException when the kernel refuses
   */
  public synchronized String nameOf(long address) throws BpfException {
    wanted.set(ValueLayout.JAVA_LONG, 0, address);
    byte[] printed = object.readIterator(PROGRAM);
    return functionOf(KernelText.of(printed));
  }

  /** "name+0x0/0x480 [module]", or "0xffffffff81000000" where the kernel knows none. */
  static String functionOf(String printed) {
    int offset = printed.lastIndexOf("+0x");
    return offset <= 0 ? null : printed.substring(0, offset);
  }
}
