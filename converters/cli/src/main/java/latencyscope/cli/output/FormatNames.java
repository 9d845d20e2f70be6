package latencyscope.cli.output;

import java.util.Iterator;
import java.util.stream.Stream;

/** What {@code --format} takes, for a shell to complete. */
final class FormatNames implements Iterable<String> {
  /** Creates the list; picocli needs a constructor. */
  FormatNames() {}

  @Override
  public Iterator<String> iterator() {
    return Stream.of(Format.values()).map(Format::lower).iterator();
  }
}
