package latencyscope.agent.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import org.junit.jupiter.api.Test;

class LongTextsTest {
  private int made;

  private String make(long number) {
    made++;
    return "n" + number;
  }

  @Test
  void eachTextIsMadeOnceHoweverManyThereAre() {
    LongTexts texts = new LongTexts(this::make);
    String first = texts.of(0);
    for (int pass = 0; pass < 2; pass++) {
      for (long i = 0; i < 5_000; i++) {
        long number = i * 0x1_0000_0001L - 7 * i;
        assertEquals("n" + number, texts.of(number));
      }
    }
    assertEquals(5_000, made);
    assertSame(first, texts.of(0));
  }
}
