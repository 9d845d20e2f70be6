package latencyscope.jfr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NameGlobTest {
  @ParameterizedTest
  @CsvSource({
    "strat*, strategy, true",
    "strat*, strat, true",
    "strat*, my-strategy, false",
    "*strat*, my-strategy, true",
    "md-?, md-1, true",
    "md-?, md-10, false",
    "md-?, md-, false",
    "a.b, aXb, false",
    "a*b*c, a-b-b-c, true",
    "a*b*c, a-c-b, false",
    "*, '', true",
    "'', '', true",
    "'', a, false",
    "*a, aa, true",
    "**?, a, true",
    "**?, '', false",
    "trader-?, trader-🚀, true",
  })
  void wholeNames(String glob, String name, boolean matches) {
    assertEquals(matches, new NameGlob(glob).matches(name));
  }

  /** Against the JDK's regular expressions, on short ones of few letters, where all cases come. */
  @Test
  void sameAsARegularExpression() {
    Random random = new Random(20);
    for (int i = 0; i < 200_000; i++) {
      String glob = letters(random, "ab*?", 6);
      String name = letters(random, "ab", 8);
      boolean expected = Pattern.matches(glob.replace("*", ".*").replace("?", "."), name);
      assertEquals(expected, new NameGlob(glob).matches(name), glob + " and " + name);
    }
  }

  private static String letters(Random random, String of, int most) {
    StringBuilder text = new StringBuilder();
    for (int length = random.nextInt(most + 1); length > 0; length--) {
      text.append(of.charAt(random.nextInt(of.length())));
    }
    return text.toString();
  }

  /** Each more would double the time of a regular expression. */
  @Test
  void aRowOfAsterisksIsNoWork() {
    assertTrue(new NameGlob("*".repeat(200)).matches("a".repeat(200)));
    assertFalse(new NameGlob("*a".repeat(100) + "b").matches("a".repeat(200)));
  }
}
