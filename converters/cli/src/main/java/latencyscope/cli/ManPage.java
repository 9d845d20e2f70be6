package latencyscope.cli;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import latencyscope.report.Product;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * The manual page of all commands, in the language of {@code man(7)}, from what picocli knows of
 * them. picocli's own generator writes AsciiDoc, whose processor is a Ruby of 40 MB.
 */
final class ManPage {
  private final StringBuilder page = new StringBuilder();

  private ManPage() {}

  /** Of a command and its subcommands, but for those that are hidden. */
  static String of(CommandSpec root) {
    return new ManPage().write(root);
  }

  private String write(CommandSpec root) {
    line(".TH LATENCYSCOPE 1 \"\" \"" + Product.NAME + " " + Product.version() + "\"");
    // Dates and names are not hyphenated, and lines are not spread to the margin.
    line(".nh");
    line(".ad l");
    List<String> description = texts(root.usageMessage().description());
    line(".SH NAME");
    text(root.name() + " \\- " + escaped(decapitalised(description.get(0))));
    line(".SH SYNOPSIS");
    literal(synopsis(root));
    for (CommandSpec command : commands(root)) {
      literal(synopsis(command));
    }
    line(".SH DESCRIPTION");
    paragraphs(description);
    arguments(root, ".SH OPTIONS");
    line(".SH COMMANDS");
    for (CommandSpec command : commands(root)) {
      line(".SS " + escaped(command.qualifiedName()));
      paragraphs(texts(command.usageMessage().description()));
      arguments(command, null);
      footer(command);
    }
    line(".SH EXIT STATUS");
    root.usageMessage().exitCodeList().forEach((code, meaning) -> term("\\fB" + code, meaning));
    line(".SH ENVIRONMENT");
    term("\\fBJAVA_HOME", "Java 25 or newer that runs the command, if it is one.");
    term("\\fBLATENCYSCOPE_BROKER", "Socket of the broker.");
    term("\\fBNO_COLOR", "If it is set, no output has colours.");
    line(".SH FILES");
    term("\\fI/etc/latencyscope/broker.yml", "Who is served by the broker.");
    term("\\fI/run/latencyscope/broker.sock", "Socket of the broker.");
    line(".SH EXAMPLES");
    footer(root);
    line(".SH SEE ALSO");
    line(".BR jcmd (1),");
    line(".BR jfr (1),");
    line(".BR perf (1)");
    return page.toString();
  }

  private static List<CommandSpec> commands(CommandSpec root) {
    Map<String, CommandSpec> byName = new LinkedHashMap<>();
    root.subcommands()
        .values()
        .forEach(sub -> {
          CommandSpec spec = sub.getCommandSpec();
          if (!spec.usageMessage().hidden()) {
            byName.putIfAbsent(spec.name(), spec);
          }
        });
    return List.copyOf(byName.values());
  }

  private static List<String> synopsis(CommandSpec spec) {
    return new Help(spec, Help.defaultColorScheme(Help.Ansi.OFF))
        .synopsis(0)
        .strip()
        .lines()
        .toList();
  }

  private void arguments(CommandSpec spec, String heading) {
    if (heading != null) {
      line(heading);
    }
    for (PositionalParamSpec positional : spec.positionalParameters()) {
      term("\\fI" + escaped(positional.paramLabel()), description(positional));
    }
    // As --help has them.
    List<OptionSpec> options = new ArrayList<>(spec.options());
    options.sort(Comparator.comparingInt(OptionSpec::order));
    for (OptionSpec option : options) {
      if (!option.hidden()) {
        String label = option.arity().max() == 0 ? "" : "\\fR=\\fI" + escaped(option.paramLabel());
        String names = String.join("\\fR, \\fB", escaped(List.of(option.names())));
        term("\\fB" + names + label, description(option));
      }
    }
  }

  private static String description(ArgSpec argument) {
    return String.join(" ", texts(argument.description()));
  }

  private void footer(CommandSpec spec) {
    List<String> lines =
        texts(spec.usageMessage().footer()).stream().dropWhile(String::isBlank).toList();
    if (!lines.isEmpty()) {
      literal(lines);
    }
  }

  private void term(String tag, String meaning) {
    line(".TP");
    line(tag + "\\fR");
    text(escaped(meaning));
  }

  /** Where a text is empty, another paragraph begins. */
  private void paragraphs(List<String> texts) {
    line(".PP");
    texts.forEach(text -> {
      if (text.isBlank()) {
        line(".PP");
      } else {
        text(escaped(text));
      }
    });
  }

  /** Lines that stay as they are. */
  private void literal(List<String> lines) {
    line(".PP");
    line(".nf");
    lines.forEach(text -> text(escaped(text)));
    line(".fi");
  }

  // A line that begins with either of these is a request.
  private void text(String text) {
    line(text.startsWith(".") || text.startsWith("'") ? "\\&" + text : text);
  }

  private void line(String line) {
    page.append(line).append('\n');
  }

  private static List<String> texts(String... formats) {
    List<String> texts = new ArrayList<>();
    for (String format : formats) {
      // Not String.format: a lone percent sign stays one, as in --help.
      String text = format.replace("%n", "\n").replace("%%", "%");
      String plain = Help.Ansi.OFF.string(text);
      texts.addAll(plain.isEmpty() ? List.of("") : plain.lines().toList());
    }
    return texts;
  }

  private static List<String> escaped(List<String> texts) {
    return texts.stream().map(ManPage::escaped).toList();
  }

  // Without it, a hyphen becomes one of typography, which nobody can copy into a shell.
  private static String escaped(String text) {
    return text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq");
  }

  private static String decapitalised(String sentence) {
    String words = sentence.endsWith(".") ? sentence.substring(0, sentence.length() - 1) : sentence;
    return Character.toLowerCase(words.charAt(0)) + words.substring(1);
  }
}
