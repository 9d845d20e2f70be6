package latencyscope.cli.console;

import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import latencyscope.jfr.Schema;

/** What {@code --module} takes, for a shell to complete. */
public final class ModuleNames implements Iterable<String> {
  /** Creates the list; picocli needs a constructor. */
  ModuleNames() {}

  @Override
  public Iterator<String> iterator() {
    List<String> names = Stream.concat(Schema.modules().stream(), Stream.of("all")).toList();
    return names.iterator();
  }
}
