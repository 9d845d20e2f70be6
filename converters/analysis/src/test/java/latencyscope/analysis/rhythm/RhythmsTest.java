package latencyscope.analysis.rhythm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RhythmsTest {
  private static final long MS = 1_000_000;
  private static final int STRIKES = 3_000;

  @Test
  void rhythmIsThatOfTheEarliestInWhateverOrderTheyCome() {
    List<Long> strikes = new ArrayList<>();
    for (int i = 0; i < STRIKES; i++) {
      strikes.add(i * MS);
    }
    for (int i = 0; i < 2 * STRIKES; i++) {
      strikes.add((STRIKES + 2L * i) * MS);
    }
    String inOrder = rhythm(strikes);
    assertEquals("every 1.0 ms ± 0.0 ms", inOrder);
    Collections.reverse(strikes);
    assertEquals(inOrder, rhythm(strikes));
    Collections.shuffle(strikes, new Random(1));
    assertEquals(inOrder, rhythm(strikes));
  }

  private static String rhythm(List<Long> strikes) {
    Rhythms<String> rhythms = new Rhythms<>();
    strikes.forEach(at -> rhythms.add("risk", at));
    return rhythms.of("risk"::equals).orElseThrow().describe();
  }
}
