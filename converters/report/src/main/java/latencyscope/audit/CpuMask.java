package latencyscope.audit;

import latencyscope.proc.CpuSet;

/** Reads masks of CPUs as the kernel writes them, {@code ff,00000000}. */
final class CpuMask {
  private static final int HEX = 16;
  private static final int BITS = 4;

  private CpuMask() {}

  /** The CPUs whose bits are set; what is no hexadecimal digit has none. */
  static CpuSet parse(String text) {
    String digits = text.replace(",", "");
    CpuSet cpus = CpuSet.EMPTY;
    for (int i = 0; i < digits.length(); i++) {
      int nibble = Math.max(0, Character.digit(digits.charAt(digits.length() - 1 - i), HEX));
      for (int bit = 0; bit < BITS; bit++) {
        cpus = (nibble >> bit & 1) == 1 ? cpus.plus(CpuSet.of(BITS * i + bit)) : cpus;
      }
    }
    return cpus;
  }
}
