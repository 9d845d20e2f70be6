package latencyscope.truth.engine;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A real terminal with a shell in it, whose screen can be read. */
public final class Tmux implements AutoCloseable {
  private static final long LOOK_MILLIS = 20;

  private final String socket = "latencyscope-" + ProcessHandle.current().pid();

  /** Opens one of that size. */
  public Tmux(int columns, int rows) throws IOException, InterruptedException {
    tmux("-f", "/dev/null", "new-session", "-d", "-x", "" + columns, "-y", "" + rows, "sh");
    type("PS1='$ '; clear");
    await("a prompt", 10, screen -> screen.startsWith("$"));
  }

  private String tmux(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("tmux", "-u", "-L", socket));
    command.addAll(List.of(arguments));
    return Commands.output(command.toArray(String[]::new));
  }

  /** Types a line. */
  public void type(String line) throws IOException, InterruptedException {
    tmux("send-keys", "-l", line);
    press("Enter");
  }

  /** Presses keys, by their names. */
  public void press(String... keys) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("send-keys"));
    command.addAll(List.of(keys));
    tmux(command.toArray(String[]::new));
  }

  /** Gives it another size. */
  public void resize(int columns, int rows) throws IOException, InterruptedException {
    tmux("resize-window", "-x", "" + columns, "-y", "" + rows);
  }

  /** What is on the screen. */
  public String screen() throws IOException, InterruptedException {
    return tmux("capture-pane", "-p");
  }

  /** What is on the screen, with the sequences that give it its looks. */
  public String styledScreen() throws IOException, InterruptedException {
    return tmux("capture-pane", "-p", "-e");
  }

  /** Waits until the screen shows something, and returns it. */
  public String await(String what, double seconds, Predicate<String> shown)
      throws IOException, InterruptedException {
    long until = System.nanoTime() + (long) (seconds * TimeUnit.SECONDS.toNanos(1));
    while (true) {
      String screen = screen();
      if (shown.test(screen)) {
        return screen;
      }
      if (System.nanoTime() > until) {
        throw new AssertionError("no " + what + " within " + seconds + " s:\n" + screen);
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
    }
  }

  /** What its cursor and its screen are like, and the settings of its line. */
  public String condition() throws IOException, InterruptedException {
    // Its checksum, since the settings are longer than a line.
    type("clear; stty -g | sha1sum");
    String screen = await("checksum", 10, text -> text.lines().anyMatch(Tmux::isChecksum));
    return tmux("display-message", "-p", "cursor #{cursor_flag}, other screen #{alternate_on}")
        + screen.lines().filter(Tmux::isChecksum).findFirst().orElseThrow();
  }

  private static boolean isChecksum(String line) {
    return line.matches("[0-9a-f]{40}\\b.*");
  }

  /** The process that the shell runs. */
  public ProcessHandle child() throws IOException, InterruptedException {
    long shell = Long.parseLong(tmux("display-message", "-p", "#{pane_pid}").strip());
    return ProcessHandle.of(shell).flatMap(s -> s.children().findFirst()).orElseThrow();
  }

  @Override
  public void close() throws IOException {
    try {
      tmux("kill-server");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
