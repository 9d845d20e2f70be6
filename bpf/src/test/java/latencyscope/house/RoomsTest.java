package latencyscope.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import latencyscope.house.SourceTree.Source;
import org.junit.jupiter.api.Test;

/** No package is a hall, and no two packages use each other. */
class RoomsTest {
  private static final int MOST_FILES = 25;

  @Test
  void packagesHaveAtMost25Files() throws Exception {
    Map<String, Long> sizes =
        SourceTree.read().sources.stream()
            .collect(
                Collectors.groupingBy(
                    s -> s.module() + " " + s.set() + " " + s.packageName(),
                    TreeMap::new,
                    Collectors.counting()));
    assertTrue(sizes.size() > 50, "the sources are found");
    Set<String> tooLarge = new TreeSet<>();
    sizes.forEach((name, size) -> {
      if (size > MOST_FILES) {
        tooLarge.add(name + " has " + size + " files");
      }
    });
    assertEquals(Set.of(), tooLarge);
  }

  @Test
  void packagesUseEachOtherInOneDirection() throws Exception {
    Uses packages = new Uses(SourceTree.read().uses(Source::packageName));
    assertTrue(packages.reached("latencyscope.bpf.libbpf").contains("latencyscope.bpf.error"));
    assertEquals(Set.of(), packages.circles());
  }

  @Test
  void aCircleAndAnImpliedEdgeAreSeen() {
    Uses uses =
        new Uses(
            Map.of("a", Set.of("b", "c"), "b", Set.of("c"), "c", Set.of("d"), "d", Set.of("c")));
    assertEquals(Set.of("c --> d", "d --> c"), uses.circles());
    assertEquals(
        List.of("a --> b", "b --> c"),
        new Uses(Map.of("a", Set.of("b", "c"), "b", Set.of("c"))).direct().stream().toList());
  }
}
