package latencyscope.analysis.finding;

import java.util.List;
import java.util.stream.Collectors;

/**
 * One piece of advice, with the commands that carry it out.
 *
 * @param sentence what to do, on one line; it ends with a colon where commands follow
 * @param commands for a shell or for the JVM's command line, each on one line; empty if there are
 *     none
 * @param onlyShows whether the commands remove nothing, but show what to remove
 */
public record Remedy(String sentence, List<String> commands, boolean onlyShows) {
  private static final String INDENT = "  ";

  /**
   * Checks that each command is one line, so that what a user copies is what was meant. A sentence
   * holds names of threads and files, which may hold anything: their control characters become
   * question marks.
   *
   * @throws IllegalArgumentException if the sentence is blank, or a command is blank, indented or
   *     of several lines
   */
  public Remedy {
    sentence = withoutControls(sentence).strip();
    if (sentence.isEmpty()) {
      throw new IllegalArgumentException("a remedy without a sentence");
    }
    commands = List.copyOf(commands);
    for (String command : commands) {
      boolean oneLine = command.equals(withoutControls(command));
      if (command.isBlank() || !oneLine || !command.equals(command.strip())) {
        throw new IllegalArgumentException("not a command on one line: '" + command + "'");
      }
    }
  }

  /** Advice whose commands, if there are any, carry it out. */
  public Remedy(String sentence, List<String> commands) {
    this(sentence, commands, false);
  }

  /** What shows more of a cause, and removes nothing. */
  public static Remedy showing(String sentence, String command) {
    return new Remedy(sentence, List.of(command), true);
  }

  /** Advice with its commands, if there are any. */
  public static Remedy of(String sentence, String... commands) {
    return new Remedy(sentence, List.of(commands));
  }

  /** The sentence and the commands, each on a line, the commands indented by two spaces. */
  public String text() {
    return commands.stream()
        .map(c -> "\n" + INDENT + c)
        .collect(Collectors.joining("", sentence, ""));
  }

  /** Several remedies as one text, in their order; null if there are none. */
  public static String text(List<Remedy> remedies) {
    return remedies.isEmpty()
        ? null
        : remedies.stream().map(Remedy::text).collect(Collectors.joining("\n"));
  }

  /** The commands of several remedies, in their order. */
  public static List<String> commands(List<Remedy> remedies) {
    return remedies.stream().flatMap(remedy -> remedy.commands().stream()).toList();
  }

  private static String withoutControls(String text) {
    StringBuilder clean = new StringBuilder(text.length());
    text.codePoints().map(c -> ShellWord.isInvisible(c) ? '?' : c).forEach(clean::appendCodePoint);
    return clean.toString();
  }
}
