package latencyscope.cli.capture;

import latencyscope.jfr.SizeText;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads how much kernel memory the logs may take, and leaves the text to the agent. */
public final class HistorySizes implements ITypeConverter<String> {
  @Override
  public String convert(String text) {
    String size = text.strip();
    try {
      if (!size.equals(CaptureRequest.NO_HISTORY)) {
        SizeText.parse(size);
      }
      return size;
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException("'" + text + "' is neither off nor a size such as 64m");
    }
  }
}
