package latencyscope.contract;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** Who uses the host, and so whose fault the noise of others is. */
public enum Environment {
  /** Only this engine: whatever disturbs it is a fault of the host. */
  DEDICATED,
  /** Others, too, as on a CI runner: what they cause proves nothing. */
  SHARED,
  /**
   * It depends on the CPU: what others do on one that is isolated, declared or pinned is a fault of
   * the host, and elsewhere it proves nothing.
   */
  AUTO;

  /** The environment in a contract. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Optional<Environment> of(String key) {
    return Arrays.stream(values()).filter(one -> one.key().equals(key)).findFirst();
  }

  static String keys() {
    return Arrays.stream(values()).map(Environment::key).collect(Collectors.joining(", "));
  }
}
