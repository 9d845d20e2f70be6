package latencyscope.guest.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HistorySizeTest {
  private final List<String> problems = new ArrayList<>();

  @ParameterizedTest
  @CsvSource({"64m, 67108864", "off, 0"})
  void takesSizes(String text, long bytes) {
    assertEquals(bytes, HistorySize.parse(text, problems));
    assertEquals(List.of(), problems);
  }

  @ParameterizedTest
  @ValueSource(strings = {"much", "1.5g"})
  void saysWhatIsWrong(String text) {
    assertEquals(HistorySize.BY_HOST, HistorySize.parse(text, problems));
    assertEquals(
        List.of("history '" + text + "' is neither off nor a size such as 64m; using the default"),
        problems);
  }

  @Test
  void theDefaultFitsTheHost(@TempDir Path root) throws Exception {
    Files.createDirectory(root.resolve("proc"));
    Files.writeString(root.resolve("proc/meminfo"), "MemTotal:        6291456 kB\nMemFree: 1 kB\n");
    assertEquals(64L << 20, HistorySize.bytes(HistorySize.BY_HOST, 2, root));
    assertEquals(96L << 20, HistorySize.bytes(HistorySize.BY_HOST, 64, root), "a part of 6 GB");
    assertEquals(5, HistorySize.bytes(5, 2, root));
  }

  @Test
  void whereNothingIsKnownOfTheHostThereIsNone(@TempDir Path root) {
    assertEquals(0, HistorySize.bytes(HistorySize.BY_HOST, 2, root));
  }
}
