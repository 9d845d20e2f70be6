package latencyscope.html;

import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.TemplateOutput;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * The templates of src/main/jte, which the build has made classes of. They escape what a recording
 * says: no thread's name can become markup or a script. Safe for use by several threads.
 */
final class Templates {
  // Beside the models, which nothing else is to see.
  private static final TemplateEngine ENGINE =
      TemplateEngine.createPrecompiled(
          null,
          ContentType.Html,
          Templates.class.getClassLoader(),
          Templates.class.getPackageName());

  private Templates() {}

  /**
   * Writes one.
   *
   * @param name the template's file, without its ending
   * @param model its only parameter
   * @throws IOException if it cannot be written
   */
  static void write(String name, Object model, Appendable out) throws IOException {
    try {
      ENGINE.render(name + ".jte", model, new XmlCharacters(out));
    } catch (RuntimeException e) {
      // The engine wraps what a template throws.
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        if (cause instanceof UncheckedIOException failed) {
          throw failed.getCause();
        }
      }
      throw e;
    }
  }

  /** Replaces the characters that neither XML nor HTML can have, escaped or not. */
  private record XmlCharacters(Appendable out) implements TemplateOutput {
    @Override
    public void writeContent(String text) {
      writeContent(text, 0, text.length());
    }

    @Override
    public void writeContent(String text, int from, int to) {
      try {
        int written = from;
        int c;
        for (int i = from; i < to; i += Character.charCount(c)) {
          c = text.codePointAt(i);
          if (!isXml(c)) {
            out.append(text, written, i).append('\uFFFD');
            written = i + 1;
          }
        }
        out.append(text, written, to);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static boolean isXml(int c) {
      boolean control = c < ' ' && c != '\t' && c != '\n' && c != '\r';
      boolean surrogate = c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
      return !control && !surrogate && c != 0xFFFE && c != 0xFFFF;
    }
  }
}
