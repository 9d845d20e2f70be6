package latencyscope.cli.monitor;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.util.List;
import latencyscope.cli.console.UserError;
import org.jline.terminal.Attributes;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.impl.exec.ExecTerminalProvider;
import org.jline.terminal.spi.SystemStream;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStyle;
import org.jline.utils.Curses;
import org.jline.utils.Display;
import org.jline.utils.InfoCmp.Capability;
import org.jline.utils.NonBlockingReader;
import org.jline.utils.Signals;

/**
 * The terminal as a screen of lines and a source of keys. Whatever ends the process, the terminal
 * is as it was before. Safe for use by several threads.
 */
final class TerminalView implements AutoCloseable {
  private static final int ESCAPE_MILLIS = 50;
  private static final Size DEFAULT = Size.of(80, 24);

  private final Terminal terminal;
  private final Attributes before;
  private final Charset charset;
  private final String leave;
  private final Display display;
  private final boolean styled;
  private final boolean ascii;
  private final Thread hook = new Thread(this::restore, "latencyscope-screen-end");
  private Size size = DEFAULT;
  private volatile boolean resized = true;
  private boolean closed;

  private TerminalView(Terminal terminal, Charset charset, boolean styled, boolean ascii) {
    this.terminal = terminal;
    this.charset = charset;
    this.styled = styled;
    this.ascii = ascii;
    before = terminal.enterRawMode();
    Attributes raw = terminal.getAttributes();
    // Stopped by Ctrl-Z, it would leave the shell a terminal without echo.
    raw.setControlChar(Attributes.ControlChar.VSUSP, 0);
    terminal.setAttributes(raw);
    Runtime.getRuntime().addShutdownHook(hook);
    Signals.register("WINCH", () -> resized = true);
    leave = sequence(Capability.cursor_normal) + sequence(Capability.exit_ca_mode);
    terminal.puts(Capability.enter_ca_mode);
    terminal.puts(Capability.cursor_invisible);
    terminal.flush();
    display = new Display(terminal, true);
  }

  /**
   * Takes the terminal.
   *
   * @param type its name, as in {@code TERM}
   * @param styled whether bold and reverse are welcome
   * @param ascii whether it has nothing but ASCII
   */
  static TerminalView open(String type, Charset charset, boolean styled, boolean ascii)
      throws UserError {
    try {
      // By class, not by service: the library has a name of its own in the released jar.
      Terminal terminal =
          new ExecTerminalProvider()
              .sysTerminal(
                  "latencyscope",
                  type,
                  false,
                  charset,
                  charset,
                  charset,
                  false,
                  Terminal.SignalHandler.SIG_DFL,
                  false,
                  SystemStream.Output);
      return new TerminalView(terminal, charset, styled, ascii);
    } catch (IOException e) {
      throw new UserError("the terminal cannot be used: " + e.getMessage() + "; see --plain", e);
    }
  }

  private String sequence(Capability capability) {
    String sequence = terminal.getStringCapability(capability);
    return sequence == null ? "" : Curses.tputs(sequence);
  }

  /** Shows a screen. */
  synchronized void show(Screen screen) {
    if (closed) {
      return;
    }
    try {
      draw(screen);
    } catch (IllegalStateException e) {
      return; // this process is ending, and the library's hook has closed it
    }
  }

  private void draw(Screen screen) {
    if (resized) {
      resized = false;
      // A process each time that it is asked for.
      Size now = terminal.getSize();
      size = now.getColumns() > 0 && now.getRows() > 0 ? now : DEFAULT;
      display.resize(size);
      display.clear();
    }
    List<AttributedString> lines =
        screen.lines(size.getColumns(), size.getRows()).stream().map(this::styled).toList();
    display.update(lines, 0);
  }

  /** Whether the terminal has got another size since the last screen. */
  boolean resized() {
    return resized;
  }

  /** Has the next screen drawn as a whole. */
  void redraw() {
    resized = true;
  }

  private AttributedString styled(Line line) {
    String text = ascii ? Words.ascii(line.text()) : line.text();
    AttributedStyle plain = AttributedStyle.DEFAULT;
    if (!styled) {
      return new AttributedString(text, plain);
    }
    return new AttributedString(
        text,
        switch (line.look()) {
          case STRONG -> plain.bold();
          case HEAD -> plain.underline();
          case SELECTED -> plain.inverse();
          case FAINT -> plain.faint();
          case TEXT -> plain;
        });
  }

  /**
   * The next key.
   *
   * @param millis how long to wait for one
   * @return its character, or a constant of {@link MonitorState}; negative if there is none
   */
  int key(long millis) {
    try {
      int first = terminal.reader().read(Math.max(1, millis));
      if (first != MonitorState.ESCAPE) {
        return first == NonBlockingReader.EOF ? 'q' : first;
      }
      int second = terminal.reader().read(ESCAPE_MILLIS);
      if (second != '[' && second != 'O') {
        return MonitorState.ESCAPE;
      }
      return switch (terminal.reader().read(ESCAPE_MILLIS)) {
        case 'A' -> MonitorState.UP;
        case 'B' -> MonitorState.DOWN;
        default -> NonBlockingReader.READ_EXPIRED;
      };
    } catch (IOException | IllegalStateException e) {
      return 'q'; // the terminal is gone
    }
  }

  private synchronized void restore() {
    if (closed) {
      return;
    }
    closed = true;
    // Not through the library, whose own hook may have closed its terminal a moment ago.
    PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), false, charset);
    out.print(leave);
    out.flush();
    try {
      terminal.setAttributes(before);
      terminal.close();
    } catch (IOException | IllegalStateException e) {
      return; // then it has restored them, or the terminal is gone
    }
  }

  @Override
  public void close() {
    restore();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // This process is ending, and the hook is at work.
    }
  }
}
