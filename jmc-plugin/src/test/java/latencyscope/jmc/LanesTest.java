package latencyscope.jmc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import latencyscope.recording.event.KernelTimes;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openjdk.jmc.common.item.IItemCollection;
import org.openjdk.jmc.flightrecorder.JfrLoaderToolkit;
import org.openjdk.jmc.flightrecorder.parser.IParserExtension;

/** Lanes of one recording, of two that are opened as one, and with every extension twice. */
class LanesTest {
  @TempDir static Path folder;

  private static File first;
  private static File second;

  @BeforeAll
  static void record() throws Exception {
    first = folder.resolve("first.jfr").toFile();
    second = folder.resolve("second.jfr").toFile();
    EveryEvent.record(first.toPath());
    EveryEvent.record(second.toPath());
  }

  @Test
  void mergedFilesHaveTheLanesOfBoth() throws Exception {
    List<String> both = new ArrayList<>(Lanes.of(JfrLoaderToolkit.loadEvents(first)));
    both.addAll(Lanes.of(JfrLoaderToolkit.loadEvents(second)));
    both.sort(null);
    assertFalse(both.isEmpty());
    assertEquals(both, Lanes.of(JfrLoaderToolkit.loadEvents(List.of(first, second))));
  }

  @Test
  void doingItTwiceChangesNothing() throws Exception {
    List<IParserExtension> once = List.of(new KernelTimes(), new ThreadLanes(), new Counts());
    List<IParserExtension> twice = new ArrayList<>(once);
    twice.addAll(List.of(new KernelTimes(), new ThreadLanes(), new Counts()));
    IItemCollection expected = JfrLoaderToolkit.loadEvents(List.of(first), once);
    IItemCollection actual = JfrLoaderToolkit.loadEvents(List.of(first), twice);
    assertEquals(Lanes.of(expected), Lanes.of(actual));
    assertEquals(counts(expected), counts(actual));
  }

  private static Map<String, Long> counts(IItemCollection items) {
    Map<String, Long> byType = new TreeMap<>();
    items.forEach(
        ofType -> byType.merge(ofType.getType().getIdentifier(), ofType.getItemCount(), Long::sum));
    return byType;
  }
}
