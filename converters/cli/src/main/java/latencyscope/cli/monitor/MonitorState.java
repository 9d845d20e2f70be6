package latencyscope.cli.monitor;

import latencyscope.monitor.Snapshot;
import latencyscope.monitor.View;

/** What keys have made of the view. Used by a single thread. */
final class MonitorState {
  static final int ENTER = '\r';
  static final int ESCAPE = 27;
  static final int UP = 0x10000;
  static final int DOWN = 0x10001;

  private static final int CTRL_C = 3;
  private static final int MINUTE = 60;
  private static final int TEN = 10;

  private View view = View.FIRST;
  private int selected;
  private boolean paused;
  private boolean quit;
  private String message = "";

  /** What keys cause outside of the view; each answers with a sentence. */
  interface Actions {
    String mark();

    String dump();
  }

  View view() {
    return view;
  }

  boolean paused() {
    return paused;
  }

  boolean quit() {
    return quit;
  }

  String message() {
    return message;
  }

  /** Place of the selected thread among those that are shown; -1 if there are none. */
  int selected(Snapshot shown) {
    selected = Math.max(0, Math.min(selected, shown.threads().size() - 1));
    return shown.threads().isEmpty() || view.thread() != 0 ? -1 : selected;
  }

  /** Does what a key asks for; an unknown one only clears the message. */
  void key(int key, Snapshot shown, Actions actions) {
    message = "";
    switch (key) {
      case '1' -> window(1);
      case '2' -> window(TEN);
      case '3' -> window(MINUTE);
      case 's' -> view = new View(view.seconds(), view.order().next(), view.thread());
      case 'p', ' ' -> paused = !paused;
      case 'j', DOWN -> selected++;
      case 'k', UP -> selected = Math.max(0, selected - 1);
      case ENTER, '\n' -> open(shown);
      case ESCAPE, 'b' -> view = new View(view.seconds(), view.order(), 0);
      case 'm' -> message = actions.mark();
      case 'd' -> message = actions.dump();
      case 'q', CTRL_C -> quit = true;
      default -> message = "";
    }
  }

  private void window(int seconds) {
    view = new View(seconds, view.order(), view.thread());
  }

  private void open(Snapshot shown) {
    int at = selected(shown);
    if (at >= 0) {
      view = new View(view.seconds(), view.order(), shown.threads().get(at).thread().osTid());
    }
  }
}
