package latencyscope.jfr;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class StackTextTest {
  @Test
  void framesAreInOneLineAndReadBack() {
    String text = StackText.of(List.of("demo.Book.<init>:88", "demo.Main.main:4"), true, true);
    assertEquals("demo.Book.<init>:88 < demo.Main.main:4", text);
    assertEquals(List.of("demo.Book.<init>:88", "demo.Main.main:4"), StackText.frames(text));
  }

  @Test
  void whatIsNotKnownIsSaid() {
    assertEquals("a.B.c < …", StackText.of(List.of("a.B.c"), true, false));
    assertEquals("… < a.B.c", StackText.of(List.of("a.B.c"), false, true));
    assertEquals(List.of(), StackText.frames(null));
  }

  @Test
  void aDeepStackIsCut() {
    List<String> frames =
        StackText.frames(
            StackText.of(Collections.nCopies(StackText.MOST_FRAMES + 1, "a.B.c:1"), true, true));
    assertEquals(StackText.MOST_FRAMES + 1, frames.size());
    assertEquals(StackText.UNKNOWN, frames.get(StackText.MOST_FRAMES));
  }
}
