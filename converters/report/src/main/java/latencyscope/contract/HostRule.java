package latencyscope.contract;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** What a contract can expect of the host. */
public enum HostRule {
  /** CPUs that the scheduler does not balance onto. */
  ISOLCPUS(Type.CPUS),
  /** CPUs whose tick stops while one task runs. */
  NOHZ_FULL(Type.CPUS),
  /** The frequency governor of every CPU. */
  GOVERNOR(Type.WORD),
  /** The longest time to leave an idle state that a CPU may enter. */
  CSTATE_EXIT(Type.TIME),
  /** Transparent huge pages. */
  THP(Type.WORD, "always", "madvise", "never"),
  /** Whether irqbalance runs. */
  IRQBALANCE(Type.WORD, "running", "stopped"),
  /** CPUs to which no interrupt line may be delivered. */
  IRQ_AVOID(Type.CPUS),
  /** The kernel's clock source. */
  CLOCKSOURCE(Type.WORD);

  /** How an expectation is written. */
  public enum Type {
    CPUS,
    TIME,
    WORD
  }

  private final Type type;
  private final List<String> words;

  HostRule(Type type, String... words) {
    this.type = type;
    this.words = List.of(words);
  }

  /** The expectation in a contract. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  Type type() {
    return type;
  }

  /** The words that it can be; empty for any. */
  List<String> words() {
    return words;
  }

  static Optional<HostRule> of(String key) {
    return Arrays.stream(values()).filter(rule -> rule.key().equals(key)).findFirst();
  }

  static String keys() {
    return Arrays.stream(values()).map(HostRule::key).collect(Collectors.joining(", "));
  }
}
