package latencyscope.cli.monitor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import latencyscope.monitor.Made;
import latencyscope.monitor.Snapshot;
import latencyscope.monitor.View;
import org.junit.jupiter.api.Test;

class MonitorStateTest {
  private final MonitorState state = new MonitorState();
  private final Made made =
      new Made().waits(1, "a", 0, 4, "sh", 77).waits(2, "b", 10, 3, "sh", 77).complete(100);

  private final MonitorState.Actions actions =
      new MonitorState.Actions() {
        @Override
        public String mark() {
          return "marked";
        }

        @Override
        public String dump() {
          return "dumped";
        }
      };

  private void press(int... keys) {
    for (int key : keys) {
      state.key(key, shown(), actions);
    }
  }

  private Snapshot shown() {
    return made.model.snapshot(state.view());
  }

  @Test
  void keysChooseWindowAndOrder() {
    assertEquals(10, state.view().seconds());
    press('1');
    assertEquals(1, state.view().seconds());
    press('3');
    assertEquals(60, state.view().seconds());
    press('s');
    assertEquals(View.Order.WORST, state.view().order());
    press('s', 's', 's');
    assertEquals(View.Order.LOST, state.view().order());
  }

  @Test
  void enterOpensTheSelectedThreadAndEscapeCloses() {
    press('j', MonitorState.DOWN, 'j');
    assertEquals(1, state.selected(shown()), "there are two");
    press(MonitorState.ENTER);
    assertEquals(2, state.view().thread());
    assertEquals(-1, state.selected(shown()));
    press('3', MonitorState.ESCAPE);
    assertEquals(0, state.view().thread());
    assertEquals(60, state.view().seconds());
    press('k', MonitorState.UP, 'k', MonitorState.ENTER);
    assertEquals(1, state.view().thread());
  }

  @Test
  void othersAnswerWithASentenceUntilTheNextKey() {
    press('m');
    assertEquals("marked", state.message());
    press('d');
    assertEquals("dumped", state.message());
    press('x');
    assertEquals("", state.message());
    press('p');
    assertTrue(state.paused());
    press(' ');
    assertFalse(state.paused());
    assertFalse(state.quit());
    press('q');
    assertTrue(state.quit());
  }
}
