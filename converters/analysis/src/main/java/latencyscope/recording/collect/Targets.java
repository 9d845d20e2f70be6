package latencyscope.recording.collect;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Whom the captures of a recording watched: one target, unless files were joined. */
public final class Targets {
  private static final int MOST = 5;
  private static final int LONGEST = 60;

  private final Map<Long, String> commands = new LinkedHashMap<>();

  /** Notes the target of a capture. */
  public void add(long pid, String command) {
    // The command of one that has ended is not known any more.
    commands.merge(pid, command == null ? "" : command, (a, b) -> a.isEmpty() ? b : a);
  }

  /** A sentence that names them, if there are several. */
  public Optional<String> note() {
    if (commands.size() < 2) {
      return Optional.empty();
    }
    String named =
        commands.entrySet().stream()
            .limit(MOST)
            .map(target -> named(target.getKey(), target.getValue()))
            .collect(Collectors.joining(", "));
    return Optional.of(
        "The recording holds captures of "
            + commands.size()
            + " targets, and every number combines all of them: "
            + named
            + (commands.size() > MOST ? ", …" : "")
            + ". Report each file separately.");
  }

  private static String named(long pid, String command) {
    if (pid == 0) {
      return "every process";
    }
    String shown = command.length() <= LONGEST ? command : command.substring(0, LONGEST) + "…";
    return "PID " + pid + (shown.isEmpty() ? "" : " (" + shown + ")");
  }
}
