package latencyscope.cli.capture;

import latencyscope.jfr.SizeText;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a number of bytes: {@code 256m}, {@code 1g}. */
public final class Sizes implements ITypeConverter<Long> {
  @Override
  public Long convert(String text) {
    try {
      return SizeText.parse(text.strip());
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException("'" + text + "' is not a size such as 256m or 1g");
    }
  }
}
