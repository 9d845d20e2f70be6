package latencyscope.contract;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** A scheduling policy of the kernel, with its number in {@code /proc/PID/stat}. */
public enum Policy {
  OTHER(0),
  FIFO(1),
  RR(2),
  BATCH(3),
  IDLE(5),
  DEADLINE(6),
  EXT(7);

  private static final int REAL_TIME_PRIORITIES = 100;

  private final int number;

  Policy(int number) {
    this.number = number;
  }

  /** The policy in a contract. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The policy with a word; empty if there is none. */
  public static Optional<Policy> of(String word) {
    return Arrays.stream(values()).filter(policy -> policy.word().equals(word)).findFirst();
  }

  /** The policy with the kernel's number; empty if it is a newer kernel's. */
  public static Optional<Policy> of(long number) {
    return Arrays.stream(values()).filter(policy -> policy.number == number).findFirst();
  }

  /** Whether a thread with this policy could have a kernel priority: below 100 is real time. */
  public boolean fits(long kernelPriority) {
    boolean realTime = this == FIFO || this == RR;
    return this == DEADLINE
        ? kernelPriority < 0
        : realTime == (kernelPriority >= 0 && kernelPriority < REAL_TIME_PRIORITIES);
  }

  static String words() {
    return Arrays.stream(values()).map(Policy::word).collect(Collectors.joining(", "));
  }
}
