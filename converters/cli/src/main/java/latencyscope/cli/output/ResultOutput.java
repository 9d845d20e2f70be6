package latencyscope.cli.output;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.Function;
import latencyscope.cli.console.Console;
import latencyscope.cli.console.UserError;
import latencyscope.report.Style;

/**
 * Where the one result of a command goes: to a file or to standard output. JSON is UTF-8 anywhere.
 *
 * @param console the terminal, or what stands for it
 * @param file null for standard output
 * @param json whether the result is JSON and not text
 */
public record ResultOutput(Console console, Path file, boolean json) {
  /**
   * Checks that it can be written, before any work is done for it.
   *
   * @throws UserError if it cannot
   */
  public void check() throws UserError {
    if (file != null) {
      new OutputFile(file).check();
    }
  }

  /**
   * Writes the result.
   *
   * @param result makes it for the width and colours of where it goes
   * @throws UserError if it cannot be written
   */
  public void write(Function<Style, String> result) throws UserError {
    if (file != null) {
      String text = result.apply(console.fileStyle());
      new OutputFile(file).write(text.getBytes(StandardCharsets.UTF_8));
    } else {
      String text = result.apply(console.style());
      console.result(text.getBytes(json ? StandardCharsets.UTF_8 : console.charset()));
    }
  }
}
