package latencyscope.guest.settings;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * When records are read, and how much of the log goes into a recording: what may change while a
 * capture runs.
 *
 * @param streams whether a recording wants events at once, and not about once a second
 * @param logs whether a recording wants what is below its thresholds from the log; nothing is
 *     logged otherwise
 * @param lastNs how far back from the end of a chunk, nanoseconds; {@link #ALL} for as long as the
 *     log reaches
 */
public record ReadMode(boolean streams, boolean logs, long lastNs) {
  /** As long as the log reaches. */
  public static final long ALL = Long.MAX_VALUE;

  private static final String STREAM = "stream";
  private static final String HISTORY = "history";

  /** No records at all: counts from {@code /proc}. */
  private static final String ACCOUNTS = "accounts";

  private static final Set<String> MODES = Set.of(STREAM, HISTORY, ACCOUNTS);

  /** Beside an engine: what led to a slow order, and little to write at each chunk's end. */
  private static final long LAST_NS = 2_000_000_000;

  /** What is in force now; something that cannot be understood counts as not given. */
  public static ReadMode inForce(AgentOptions options, RecordedSettings recorded) {
    List<String> modes = modes(options, recorded);
    boolean own = recorded.last("pid", "").isEmpty();
    long lastNs =
        lastNs(recorded.last("historyLast", options.value("history.last")), own ? LAST_NS : ALL);
    boolean logs = lastNs > 0 && (modes.isEmpty() || modes.contains(HISTORY));
    return new ReadMode(modes.contains(STREAM), logs, lastNs);
  }

  /** Of each running recording. */
  private static List<String> modes(AgentOptions options, RecordedSettings recorded) {
    String option = mode(options.value("mode"));
    String byDefault = option.isEmpty() ? HISTORY : option;
    return recorded.ofAll("mode").stream()
        .map(mode -> mode(mode).isEmpty() ? byDefault : mode(mode))
        .toList();
  }

  /** Whether every running recording wants counts alone. */
  static boolean isAccounts(AgentOptions options, RecordedSettings recorded) {
    List<String> modes = modes(options, recorded);
    return !modes.isEmpty() && modes.stream().allMatch(ACCOUNTS::equals);
  }

  private static String mode(String text) {
    String mode = text.strip().toLowerCase(Locale.ROOT);
    return MODES.contains(mode) ? mode : "";
  }

  private static long lastNs(String text, long byDefault) {
    if (text.isEmpty()) {
      return byDefault;
    }
    if (text.equals("all")) {
      return ALL;
    }
    try {
      return AgentOptions.duration(text).toNanos();
    } catch (IllegalArgumentException | ArithmeticException e) {
      return byDefault;
    }
  }

  /** What was given and not understood, as sentences. */
  static void check(AgentOptions options, RecordedSettings recorded, List<String> problems) {
    String mode = recorded.last("mode", options.value("mode"));
    if (!mode.isEmpty() && mode(mode).isEmpty()) {
      problems.add("mode '" + mode + "' is neither history, stream nor accounts; using history");
    }
    String last = recorded.last("historyLast", options.value("history.last"));
    if (!last.isEmpty() && lastNs(last, -1) == -1) {
      problems.add("history.last '" + last + "' is neither all nor a time such as 2s; using 2s");
    }
  }
}
