package demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import demo.disease.DiseaseKind;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OptionsParserTest {
  @Test
  void withoutOptionsAHealthyEngineTradesForFiveSeconds() throws Exception {
    Options options = parse();
    assertEquals(Duration.ofSeconds(5), options.planned());
    assertEquals(100_000, options.messages());
    assertEquals(List.of(), options.diseases());
  }

  @Test
  void valuesFollowAsAWordOrAfterAnEqualsSign() throws Exception {
    assertEquals(
        parse("--seconds", "2", "--rate", "50", "--seed", "-7"),
        parse("--seconds=2", "--rate=50", "--seed=-7"));
  }

  @Test
  void whicheverOfSecondsAndMessagesComesFirstEndsTheRun() throws Exception {
    assertEquals(10, parse("--messages", "10").messages());
    assertEquals(10, parse("--messages", "10", "--seconds", "1").messages());
    assertEquals(100, parse("--messages", "1000", "--seconds", "1", "--rate", "100").messages());
  }

  @Test
  void theMarketOpensWhenThePropertySaysSo() throws Exception {
    String property = "demo.test.state";
    Options options = parse("--opens-when=" + property + "=up|failed");
    assertFalse(options.mayOpen());
    System.setProperty(property, "starting");
    assertFalse(options.mayOpen());
    System.setProperty(property, "failed");
    assertTrue(options.mayOpen());
    System.clearProperty(property);
    assertTrue(parse().mayOpen());
  }

  @Test
  void everyDiseaseHasItsOption() throws Exception {
    String[] all =
        Arrays.stream(DiseaseKind.values())
            .map(kind -> "--" + kind.option())
            .toArray(String[]::new);
    assertEquals(List.of(DiseaseKind.values()), parse(all).diseases());
    assertEquals(List.of(DiseaseKind.GC), parse("--gc", "--gc").diseases());
  }

  @Test
  void helpNamesEveryOption() throws Exception {
    assertTrue(OptionsParser.parse("--seconds", "3", "--help").isEmpty());
    String unknown = complaint("--frobnicate");
    for (String option : unknown.replaceFirst(".*known are ", "").replace(".", "").split(", ")) {
      assertTrue(Options.HELP.contains("  " + option), option + " is not in the help");
    }
  }

  @Test
  void anUnknownOptionIsNamedTogetherWithTheKnownOnes() {
    String sentence = complaint("--frobnicate");
    assertTrue(sentence.contains("--frobnicate"), sentence);
    assertTrue(sentence.contains("--seconds") && sentence.contains("--competitor"), sentence);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--seconds=0", "--seconds=-1", "--seconds=NaN", "--seconds=1e9", "--seconds=soon",
        "--messages=0", "--rate=0", "--rate=1.5", "--port=70000", "--journal=/nonexistent"
      })
  void aBadValueIsQuoted(String argument) {
    String sentence = complaint(argument);
    assertTrue(sentence.contains(argument.replaceFirst(".*=", "")), sentence);
  }

  @Test
  void anOptionWithoutItsValueIsNamed() {
    assertEquals("Option --rate needs a value.", complaint("--rate"));
  }

  private static Options parse(String... arguments) throws OptionsParser.UsageException {
    return OptionsParser.parse(arguments).orElseThrow();
  }

  private static String complaint(String argument) {
    return assertThrows(OptionsParser.UsageException.class, () -> OptionsParser.parse(argument))
        .getMessage();
  }
}
