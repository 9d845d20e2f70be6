package latencyscope.agent.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;

class StackTextsTest {
  private final StackTexts texts = new StackTexts();

  @Test
  void aTextIsTakenOnce() {
    texts.put(7, "a");
    texts.put(8, "b");
    assertEquals("b", texts.take(8));
    assertNull(texts.take(8));
    assertEquals("a", texts.take(7));
    assertNull(texts.take(0));
  }

  @Test
  void whatNobodyTakesGivesWayToWhatIsLater() {
    int many = 1 << 16;
    for (long number = 1; number <= many; number++) {
      texts.put(number, "n" + number);
    }
    assertEquals("n" + many, texts.take(many));
    assertNull(texts.take(1));
  }
}
