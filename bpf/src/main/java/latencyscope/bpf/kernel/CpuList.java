package latencyscope.bpf.kernel;

import java.util.BitSet;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * A set of CPU numbers, in the kernel's notation {@code 0-3,8}. Immutable.
 *
 * <p>There is no limit at 64, 256 or 1024 CPUs; numbers beyond 65,535 are taken for mistakes.
 */
public final class CpuList {
  /** No CPU. */
  public static final CpuList NONE = new CpuList(new BitSet());

  private static final int HIGHEST = 0xffff;

  private final BitSet cpus;

  private CpuList(BitSet cpus) {
    this.cpus = cpus;
  }

  /** Text that is no list of CPUs. */
  public static final class MalformedException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final String part;

    MalformedException(String part, String reason) {
      super("«" + part + "» is no CPU or range of CPUs: " + reason);
      this.part = part;
    }

    /** The part between two commas that is wrong, such as {@code 7-4}. */
    public String part() {
      return part;
    }
  }

  /**
   * Reads the kernel's notation.
   *
   * @param text such as {@code 0-3,8}; blank is the empty set, as in the kernel's files
   * @throws MalformedException when a part of it is wrong; it names the first such part
   */
  public static CpuList parse(String text) {
    BitSet cpus = new BitSet();
    if (!text.isBlank()) {
      for (String part : text.strip().split(",", -1)) {
        addPart(cpus, part.strip());
      }
    }
    return new CpuList(cpus);
  }

  /** The set of the bits that are set in a mask; bit 0 of byte 0 is CPU 0. */
  public static CpuList ofMask(byte[] mask) {
    return new CpuList(BitSet.valueOf(mask));
  }

  /** The set of some CPUs. */
  public static CpuList of(int... numbers) {
    BitSet cpus = new BitSet();
    IntStream.of(numbers).forEach(cpus::set);
    return new CpuList(cpus);
  }

  /** Whether a CPU is in the set. */
  public boolean contains(int cpu) {
    return cpu >= 0 && cpus.get(cpu);
  }

  /** Whether no CPU is in the set. */
  public boolean isEmpty() {
    return cpus.isEmpty();
  }

  /** How many CPUs are in the set. */
  public int size() {
    return cpus.cardinality();
  }

  /** The highest CPU in the set, -1 for the empty set. */
  public int highest() {
    return cpus.length() - 1;
  }

  /** The CPUs in ascending order. */
  public IntStream stream() {
    return cpus.stream();
  }

  /** The CPUs of this set that are not in the other. */
  public CpuList without(CpuList other) {
    BitSet rest = (BitSet) cpus.clone();
    rest.andNot(other.cpus);
    return new CpuList(rest);
  }

  /** The CPUs that are in both sets. */
  public CpuList and(CpuList other) {
    BitSet both = (BitSet) cpus.clone();
    both.and(other.cpus);
    return new CpuList(both);
  }

  /** One bit a CPU, as short as the highest allows; bit 0 of byte 0 is CPU 0. */
  public byte[] mask() {
    return cpus.toByteArray();
  }

  /** The kernel's notation, ranges as long as they go; empty text for the empty set. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (int first = cpus.nextSetBit(0); first >= 0; ) {
      int end = cpus.nextClearBit(first);
      text.append(text.isEmpty() ? "" : ",").append(first);
      if (end - first > 1) {
        text.append('-').append(end - 1);
      }
      first = cpus.nextSetBit(end);
    }
    return text.toString();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CpuList list && cpus.equals(list.cpus);
  }

  @Override
  public int hashCode() {
    return Objects.hash(cpus);
  }

  private static void addPart(BitSet cpus, String part) {
    int dash = part.indexOf('-');
    int first = number(part, dash < 0 ? part : part.substring(0, dash));
    int last = dash < 0 ? first : number(part, part.substring(dash + 1));
    if (last < first) {
      throw new MalformedException(part, "a range goes upwards");
    }
    cpus.set(first, last + 1);
  }

  private static int number(String part, String digits) {
    if (digits.isEmpty() || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw new MalformedException(part, "a CPU is a number such as 4, a range is such as 4-7");
    }
    // Five digits cannot overflow; more of them are too many anyway.
    if (digits.length() > 5 || Integer.parseInt(digits) > HIGHEST) {
      throw new MalformedException(part, "no machine has a CPU " + digits);
    }
    return Integer.parseInt(digits);
  }
}
