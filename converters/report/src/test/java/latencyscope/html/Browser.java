package latencyscope.html;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A browser without a window, where the machine has one. */
final class Browser {
  private static final int LIMIT_SECONDS = 90;

  private final Path program;

  private Browser(Path program) {
    this.program = program;
  }

  static Optional<Browser> ifThere() {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator))
        .flatMap(dir -> Stream.of(Path.of(dir, "chromium"), Path.of(dir, "chromium-browser")))
        .filter(Files::isExecutable)
        .findFirst()
        .map(Browser::new);
  }

  /**
   * A page as it is after its scripts have run.
   *
   * @param markup the page
   * @param said what the browser said of it, its console's messages among them
   */
  record Rendered(String markup, String said) {
    boolean isReady() {
      return markup.contains("data-ready=\"yes\"");
    }

    List<String> console() {
      return said.lines().filter(line -> line.contains("CONSOLE")).toList();
    }

    /** The first group of each match. */
    List<String> all(String regex) {
      return Pattern.compile(regex).matcher(markup).results().map(m -> m.group(1)).toList();
    }

    String only(String regex) {
      Matcher matcher = Pattern.compile(regex).matcher(markup);
      return matcher.find() ? matcher.group(1) : null;
    }
  }

  Rendered render(Path page) {
    try {
      Path home = Files.createDirectory(page.resolveSibling("browser-" + System.nanoTime()));
      Path markup = home.resolve("markup");
      Path said = home.resolve("said");
      Process process =
          new ProcessBuilder(
                  program.toString(),
                  "--headless",
                  "--no-sandbox",
                  "--disable-gpu",
                  "--user-data-dir=" + home.resolve("profile"),
                  "--virtual-time-budget=5000",
                  "--enable-logging=stderr",
                  "--dump-dom",
                  page.toUri().toString())
              .redirectOutput(markup.toFile())
              .redirectError(said.toFile())
              .start();
      if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        throw new AssertionError("the browser did not end: " + Files.readString(said));
      }
      return new Rendered(Files.readString(markup), Files.readString(said));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
