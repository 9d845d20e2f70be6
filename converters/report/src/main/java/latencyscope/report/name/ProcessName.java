package latencyscope.report.name;

import java.util.Set;

/** The name that an engineer would use for a process, from its command line. */
public final class ProcessName {
  // Options of the launcher whose value is a separate word.
  private static final Set<String> WITH_VALUE =
      Set.of(
          "-cp",
          "-classpath",
          "--class-path",
          "-p",
          "--module-path",
          "--upgrade-module-path",
          "--add-modules",
          "--add-exports",
          "--add-opens",
          "--add-reads",
          "--limit-modules",
          "--patch-module",
          "--enable-native-access",
          "--source");

  private ProcessName() {}

  /**
   * Main class or jar of a JVM, else the base name of the program; empty if nothing is known.
   *
   * @param command words separated by spaces; null if not recorded
   */
  public static String of(String command) {
    if (command == null || command.isBlank()) {
      return "";
    }
    String[] words = command.strip().split(" +");
    String program = baseName(words[0]);
    return program.equals("java") ? java(words) : program;
  }

  private static String java(String[] words) {
    for (int i = 1; i < words.length; i++) {
      String word = words[i];
      String next = i + 1 < words.length ? words[i + 1] : "";
      if (word.equals("-jar")) {
        return baseName(next);
      } else if (word.equals("-m") || word.equals("--module")) {
        return next;
      } else if (WITH_VALUE.contains(word)) {
        i++;
      } else if (!word.startsWith("-") && !word.startsWith("@")) {
        return word;
      }
    }
    return "java";
  }

  private static String baseName(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }
}
