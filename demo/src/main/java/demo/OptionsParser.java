package demo;

import demo.disease.DiseaseKind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads a command line. Used once. */
final class OptionsParser {
  private static final double MAX_SECONDS = 86_400;
  private static final long MAX_RATE = 10_000_000;
  private static final List<String> OTHERS =
      List.of(
          "--seconds",
          "--messages",
          "--rate",
          "--seed",
          "--port",
          "--journal",
          "--busy-poll",
          "--opens-when",
          "--help");

  private final Set<DiseaseKind> diseases = EnumSet.noneOf(DiseaseKind.class);
  private Double seconds;
  private Long messages;
  private long rate = 20_000;
  private long seed = 42;
  private int port;
  private Path directory = Path.of(System.getProperty("java.io.tmpdir"));
  private boolean busyPoll;
  private String opensWhen;
  private boolean help;

  /** The command line cannot be followed; the message is a sentence for the user. */
  static final class UsageException extends Exception {
    private static final long serialVersionUID = 1;

    UsageException(String sentence) {
      super(sentence);
    }
  }

  /**
   * The options, or nothing if help was asked for.
   *
   * @param arguments {@code --name value} or {@code --name=value}
   */
  static Optional<Options> parse(String... arguments) throws UsageException {
    OptionsParser parser = new OptionsParser();
    Iterator<String> words =
        Arrays.stream(arguments).flatMap(OptionsParser::splitAtEquals).iterator();
    while (words.hasNext()) {
      parser.take(words.next(), words);
    }
    return parser.help ? Optional.empty() : Optional.of(parser.options());
  }

  // The first = is the option's own.
  private static Stream<String> splitAtEquals(String argument) {
    return argument.startsWith("--") ? Arrays.stream(argument.split("=", 2)) : Stream.of(argument);
  }

  private void take(String name, Iterator<String> words) throws UsageException {
    switch (name) {
      case "--seconds" -> seconds = seconds(value(name, words));
      case "--messages" -> messages = number(name, words, 1, Long.MAX_VALUE / 1_000);
      case "--rate" -> rate = number(name, words, 1, MAX_RATE);
      case "--seed" -> seed = number(name, words, Long.MIN_VALUE, Long.MAX_VALUE);
      case "--port" -> port = (int) number(name, words, 0, 65_535);
      case "--journal" -> directory = directory(value(name, words));
      case "--busy-poll" -> busyPoll = true;
      case "--opens-when" -> opensWhen = property(words);
      case "--help", "-h" -> help = true;
      default -> diseases.add(disease(name));
    }
  }

  private Options options() throws UsageException {
    double planned = seconds != null ? seconds : messages != null ? MAX_SECONDS : 5;
    long fitting = (long) Math.max(1, planned * rate);
    if (seconds == null && messages != null && messages > fitting) {
      throw new UsageException(
          messages + " messages at " + rate + " a second would take more than a day.");
    }
    long count = messages == null ? fitting : Math.min(messages, fitting);
    return new Options(
        seed, count, rate, port, directory, busyPoll, opensWhen, List.copyOf(diseases));
  }

  private static DiseaseKind disease(String name) throws UsageException {
    for (DiseaseKind kind : DiseaseKind.values()) {
      if (name.equals("--" + kind.option())) {
        return kind;
      }
    }
    throw new UsageException("Unknown option " + name + "; known are " + known() + ".");
  }

  private static String known() {
    return Stream.concat(
            OTHERS.stream(), Arrays.stream(DiseaseKind.values()).map(kind -> "--" + kind.option()))
        .collect(Collectors.joining(", "));
  }

  private static String value(String name, Iterator<String> words) throws UsageException {
    if (!words.hasNext()) {
      throw new UsageException("Option " + name + " needs a value.");
    }
    return words.next();
  }

  private static String property(Iterator<String> words) throws UsageException {
    String text = value("--opens-when", words);
    if (text.indexOf('=') < 1) {
      throw new UsageException("Option --opens-when takes PROPERTY=VALUE, not " + text + ".");
    }
    return text;
  }

  private static double seconds(String text) throws UsageException {
    try {
      double value = Double.parseDouble(text);
      if (value > 0 && value <= MAX_SECONDS) {
        return value;
      }
    } catch (NumberFormatException e) {
      // The sentence below says it.
    }
    throw new UsageException(
        "Option --seconds takes a number above 0 and up to a day, not " + text + ".");
  }

  private static long number(String name, Iterator<String> words, long min, long max)
      throws UsageException {
    String text = value(name, words);
    try {
      long value = Long.parseLong(text);
      if (value >= min && value <= max) {
        return value;
      }
    } catch (NumberFormatException e) {
      // The sentence below says it.
    }
    throw new UsageException(
        "Option %s takes a whole number from %d to %d, not %s.".formatted(name, min, max, text));
  }

  private static Path directory(String text) throws UsageException {
    Path path = Path.of(text);
    if (!Files.isDirectory(path)) {
      throw new UsageException("Option --journal: " + text + " is not a directory.");
    }
    return path;
  }
}
