package latencyscope.analysis.finding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RemedyTextTest {
  @Test
  void commandsAreIndentedBelowTheirSentence() {
    Remedy move = Remedy.of("Move it, then pin it:", "taskset -pc 0 7", "taskset -pc 1 8");
    assertEquals("Move it, then pin it:\n  taskset -pc 0 7\n  taskset -pc 1 8", move.text());
    assertEquals(
        "Move it, then pin it:\n  taskset -pc 0 7\n  taskset -pc 1 8\nOr wait.",
        Remedy.text(List.of(move, Remedy.of("Or wait."))));
    assertNull(Remedy.text(List.of()));
  }

  /** Fails on the version before: the second line of the name was shown as a command. */
  @Test
  void aNameInASentenceIsNoCommand() {
    Remedy remedy = Remedy.of("Keep evil\n  reboot off CPU 1:", "taskset -apc 0 7");
    assertEquals("Keep evil?  reboot off CPU 1:\n  taskset -apc 0 7", remedy.text());
    assertEquals("Pin a?b.", Remedy.of("Pin a\u2028b.").sentence());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "  taskset -pc 0 7", "true\nreboot", "true\u2028reboot", "a\rb"})
  void aCommandIsOneLine(String command) {
    assertThrows(IllegalArgumentException.class, () -> Remedy.of("Do this:", command));
  }

  @Test
  void adviceHasASentence() {
    assertThrows(IllegalArgumentException.class, () -> Remedy.of(" ", "true"));
  }

  /** The judge is a shell. Fails on the version before, whose quotes ended at the name's own. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/data/journal",
        "/data/my journal",
        "it's; echo owned",
        "$(echo owned)`echo owned`",
        "a\nb\tc\u001b[31m",
        "back\\slash\n'",
        "-rf",
        "*",
        "取引"
      })
  void aShellReadsAQuotedNameAsItIs(String name) throws Exception {
    assertEquals(name, read(ShellWord.quoted(name)));
    assertEquals(name, read(ShellWord.of(name)));
    Remedy.of("Look at it:", "cat " + ShellWord.quoted(name));
  }

  @Test
  void plainNamesTakeNoQuotes() {
    assertEquals("eth0.100@bond-1", ShellWord.of("eth0.100@bond-1"));
    assertEquals("'eth0;reboot'", ShellWord.of("eth0;reboot"));
  }

  private static String read(String word) throws Exception {
    ProcessBuilder shell = new ProcessBuilder("bash", "-c", "printf %s " + "x" + word);
    shell.environment().put("LC_ALL", "C.UTF-8");
    Process process = shell.redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), said);
    return said.substring(1);
  }
}
