package latencyscope.analysis.evidence;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The table in {@code docs/verdicts.md} is what the code asks for. */
class VerdictsPageTest {
  private static final Path PAGE = Path.of("..", "..", "docs", "verdicts.md");
  private static final String ROW = "| `";

  private static String row(Question question) {
    return ROW
        + question.key()
        + "` | "
        + question.module()
        + " | "
        + question.title()
        + " | "
        + question.needs().stream().map(Requirement::describe).collect(Collectors.joining("; "))
        + " |";
  }

  @Test
  void tableIsWhatTheCodeAsksFor() throws IOException {
    List<String> expected = new ArrayList<>();
    for (Question question : Question.values()) {
      expected.add(row(question));
    }
    List<String> written =
        Files.readAllLines(PAGE).stream().filter(line -> line.startsWith(ROW)).toList();
    if (Boolean.getBoolean("golden.rewrite")) {
      System.out.println(String.join("\n", expected));
    }
    assertEquals(expected, written);
  }
}
