package latencyscope.proc;

import java.util.BitSet;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.StringJoiner;
import java.util.stream.IntStream;

/**
 * An immutable set of logical CPU numbers, written as the kernel writes it: {@code 0-3,8}.
 *
 * <p>Safe for use by several threads.
 */
public final class CpuSet {
  /** The set without a CPU. */
  public static final CpuSet EMPTY = new CpuSet(new BitSet());

  // Far above any kernel's NR_CPUS; keeps a mistyped number from becoming a large allocation.
  private static final int MAX_CPU = 65_535;

  private final BitSet cpus;

  private CpuSet(BitSet cpus) {
    this.cpus = cpus;
  }

  /**
   * Reads a list of CPUs and ranges of CPUs.
   *
   * @param list such as {@code 4,5,6-7}; null or blank is the empty set
   * @throws IllegalArgumentException with a sentence that names the part that is wrong
   */
  public static CpuSet parse(String list) {
    BitSet cpus = new BitSet();
    if (list == null || list.isBlank()) {
      return EMPTY;
    }
    for (String part : list.strip().split(",", -1)) {
      addRange(cpus, part.strip(), list);
    }
    return new CpuSet(cpus);
  }

  private static void addRange(BitSet cpus, String part, String list) {
    int dash = part.indexOf('-');
    int first = number(dash < 0 ? part : part.substring(0, dash), part, list);
    int last = dash < 0 ? first : number(part.substring(dash + 1), part, list);
    if (last < first) {
      throw new IllegalArgumentException(
          "'" + part + "' runs backwards; write it as " + last + "-" + first);
    }
    cpus.set(first, last + 1);
  }

  private static int number(String digits, String part, String list) {
    // Integer.parseInt would accept signs and digits of other scripts.
    boolean plain = !digits.isEmpty() && digits.chars().allMatch(c -> c >= '0' && c <= '9');
    if (!plain || digits.length() > 5 || Integer.parseInt(digits) > MAX_CPU) {
      String where = part.equals(list) ? "" : " in '" + list + "'";
      throw new IllegalArgumentException(
          "'" + part + "'" + where + " is not a CPU or a range of CPUs such as 4 or 6-7");
    }
    return Integer.parseInt(digits);
  }

  /** The set of these CPUs; what is no CPU's number, such as -1 for none, is left out. */
  public static CpuSet of(int... numbers) {
    BitSet cpus = new BitSet();
    for (int cpu : numbers) {
      if (cpu >= 0 && cpu <= MAX_CPU) {
        cpus.set(cpu);
      }
    }
    return new CpuSet(cpus);
  }

  /** The set of the bits that are set in a mask; bit 0 of byte 0 is CPU 0. */
  public static CpuSet ofMask(byte[] mask) {
    return new CpuSet(BitSet.valueOf(mask));
  }

  /** Whether the CPU is in the set; false for a negative number. */
  public boolean contains(int cpu) {
    return cpu >= 0 && cpus.get(cpu);
  }

  /** Whether every CPU of the other set is in this one. */
  public boolean containsAll(CpuSet other) {
    return other.minus(this).isEmpty();
  }

  /** Whether there is no CPU in the set. */
  public boolean isEmpty() {
    return cpus.isEmpty();
  }

  /** The CPU with the highest number; empty if there is none. */
  public OptionalInt last() {
    return isEmpty() ? OptionalInt.empty() : OptionalInt.of(cpus.length() - 1);
  }

  /** Number of CPUs in the set. */
  public int size() {
    return cpus.cardinality();
  }

  /** The CPUs of this set that are not in the other. */
  public CpuSet minus(CpuSet other) {
    BitSet rest = copy();
    rest.andNot(other.cpus);
    return new CpuSet(rest);
  }

  /** The CPUs in ascending order. */
  public IntStream stream() {
    return cpus.stream();
  }

  /** One bit a CPU, as short as the highest allows; bit 0 of byte 0 is CPU 0. */
  public byte[] toMaskBytes() {
    return cpus.toByteArray();
  }

  /** The CPUs of either set. */
  public CpuSet plus(CpuSet other) {
    BitSet all = copy();
    all.or(other.cpus);
    return new CpuSet(all);
  }

  /**
   * The set as the hexadecimal mask that files such as {@code
   * /sys/devices/virtual/workqueue/cpumask} take: groups of 32 CPUs, the highest first.
   */
  public String toMask() {
    StringBuilder mask = new StringBuilder();
    for (int group = Math.max(0, cpus.length() - 1) / 32; group >= 0; group--) {
      long bits = 0;
      for (int bit = 0; bit < 32; bit++) {
        bits |= cpus.get(group * 32 + bit) ? 1L << bit : 0;
      }
      mask.append(
          mask.isEmpty() ? Long.toHexString(bits) : String.format(Locale.ROOT, ",%08x", bits));
    }
    return mask.toString();
  }

  private BitSet copy() {
    return (BitSet) cpus.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CpuSet set && cpus.equals(set.cpus);
  }

  @Override
  public int hashCode() {
    return cpus.hashCode();
  }

  /** The set as the kernel writes it, {@code 0-3,8}; empty for the empty set. */
  @Override
  public String toString() {
    StringJoiner list = new StringJoiner(",");
    for (int first = cpus.nextSetBit(0); first >= 0; ) {
      int end = cpus.nextClearBit(first);
      list.add(end - first == 1 ? "" + first : first + "-" + (end - 1));
      first = cpus.nextSetBit(end);
    }
    return list.toString();
  }
}
