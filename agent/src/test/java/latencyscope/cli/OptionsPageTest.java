package latencyscope.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import jdk.jfr.EventType;
import jdk.jfr.SettingDescriptor;
import latencyscope.cli.console.Console;
import latencyscope.cli.console.Machine;
import latencyscope.guest.settings.AgentOption;
import latencyscope.guest.settings.AgentOptions;
import latencyscope.jfr.capture.Capture;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** {@code docs/options.md} is what the code says; the page as it should be is saved in target. */
class OptionsPageTest {
  private static final Path PAGE = Path.of("../docs/options.md");
  private static final Path ACTUAL = Path.of("target/options.md");

  private static final Set<String> OF_EVERY_EVENT =
      Set.of("enabled", "period", "stackTrace", "threshold");

  private final StringBuilder page = new StringBuilder();

  @Test
  void thePageListsEveryOption() throws Exception {
    page.append("# Options\n\n");
    page.append("`OptionsPageTest` compares this page with the code. When they differ, copy ");
    page.append("`agent/target/options.md` here.\n");
    agent();
    settings();
    commands(Main.commandLine(Console.ofProcess(), Machine.LOCAL));
    Files.writeString(ACTUAL, page);
    assertEquals(Files.readString(PAGE, StandardCharsets.UTF_8), page.toString());
  }

  private void agent() {
    page.append("\n## Agent\n\n`-javaagent:latencyscope.jar=KEY=VALUE,KEY=VALUE…`");
    page.append("; a colon can replace the equals sign.\n\n");
    page.append("| Key | Value | Default | Meaning |\n|---|---|---|---|\n");
    for (AgentOption option : AgentOption.values()) {
      row(code(option.key()), option.value(), option.byDefault(), option.description());
    }
    page.append("\nCommands for an agent that is loaded: ");
    page.append(code(String.join("`, `", AgentOptions.COMMANDS))).append(".\n");
  }

  private void settings() {
    page.append("\n## Settings of `latencyscope.Capture` in a `.jfc` file\n\n");
    page.append("They overrule the agent's options.\n\n");
    page.append("| Setting | Meaning |\n|---|---|\n");
    EventType.getEventType(Capture.class).getSettingDescriptors().stream()
        .filter(setting -> !OF_EVERY_EVENT.contains(setting.getName()))
        .sorted(Comparator.comparing(SettingDescriptor::getName))
        .forEach(s -> row(code(s.getName()), s.getDescription().replace("|", "\\|")));
  }

  private void commands(CommandLine line) {
    command(line.getCommandSpec());
    Map<CommandSpec, CommandLine> once = new LinkedHashMap<>();
    line.getSubcommands().values().forEach(sub -> once.put(sub.getCommandSpec(), sub));
    once.keySet().stream().filter(spec -> !spec.usageMessage().hidden()).forEach(this::command);
  }

  private void command(CommandSpec spec) {
    page.append("\n## `").append(spec.qualifiedName()).append("`\n\n");
    String[] description = spec.usageMessage().description();
    page.append(description.length == 0 ? "" : wrapped(description[0]) + "\n\n");
    page.append("| Option | Meaning |\n|---|---|\n");
    for (PositionalParamSpec positional : spec.positionalParameters()) {
      row(code(positional.paramLabel()), text(positional));
    }
    // As --help has them.
    List<OptionSpec> options = new ArrayList<>(spec.options());
    options.sort(Comparator.comparingInt(OptionSpec::order));
    for (OptionSpec option : options) {
      if (!option.hidden()) {
        String names = String.join("`, `", option.names());
        String label = option.arity().max() == 0 ? "" : " " + option.paramLabel();
        row(code(names + label), text(option));
      }
    }
  }

  private static String wrapped(String text) {
    return text.replaceAll("(.{1,120})(?: |$)", "$1\n").strip();
  }

  private static String text(ArgSpec argument) {
    return String.join(" ", argument.description()).replace("|", "\\|").replace("%%", "%");
  }

  private static String code(String text) {
    return "`" + text + "`";
  }

  private void row(String... cells) {
    page.append("| ").append(String.join(" | ", cells)).append(" |\n");
  }
}
