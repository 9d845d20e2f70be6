package latencyscope.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** {@code ./verify NAME}: a name that no test has is a sentence, and never a success. */
class VerifyByNameTest {
  private record Outcome(int exitCode, String said) {}

  private static Outcome verify(String... names) throws Exception {
    List<String> command = new ArrayList<>(List.of("../verify"));
    command.addAll(List.of(names));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    return new Outcome(process.exitValue(), said.strip());
  }

  @Test
  void unknownClassListsThoseNearIt() throws Exception {
    assertEquals(
        new Outcome(3, "latencyscope: there is no test VerifyNameTest; near it: VerifyByNameTest"),
        verify("VerifyNameTest"));
    assertEquals(
        new Outcome(3, "latencyscope: there is no test Qqqqqqqq, and nothing near it"),
        verify("Qqqqqqqq"));
  }

  @Test
  void unknownMethodListsThoseNearIt() throws Exception {
    assertEquals(
        new Outcome(
            3,
            "latencyscope: there is no test in VerifyByNameTest named unknownMethod;"
                + " near it: unknownMethodListsThoseNearIt"),
        verify("VerifyByNameTest#unknownMethod"));
  }

  @Test
  void optionsAreNotNames() throws Exception {
    Outcome outcome = verify("--fast");
    assertEquals(3, outcome.exitCode);
    assertTrue(outcome.said.contains("takes names of tests"), outcome.said);
  }
}
