package latencyscope.house;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import latencyscope.house.SourceTree.Source;
import org.junit.jupiter.api.Test;

/** The pictures of {@code docs/architecture.md} show what the sources do. */
class ArchitecturePageTest {
  private static final Pattern EDGE = Pattern.compile("(?m)^ *(\\w[\\w-]*) --> (\\w[\\w-]*)$");

  private static Set<String> drawn(String picture) throws Exception {
    String page = Files.readString(SourceTree.ROOT.resolve("docs/architecture.md"));
    int start = page.indexOf("%% " + picture + "\n");
    String block = start < 0 ? "" : page.substring(start, page.indexOf("```", start));
    Matcher edges = EDGE.matcher(block);
    Set<String> found = new TreeSet<>();
    while (edges.find()) {
      found.add(edges.group(1) + " --> " + edges.group(2));
    }
    return found;
  }

  /** What nothing else implies: a picture of all edges would not be readable. */
  private static Set<String> real(Function<Source, String> group) throws Exception {
    Map<String, Set<String>> uses = new TreeMap<>(SourceTree.read().uses(group));
    uses.remove("");
    uses.replaceAll(
        (_, used) -> used.stream().filter(to -> !to.isEmpty()).collect(Collectors.toSet()));
    return new Uses(uses).direct();
  }

  private static void check(String picture, Function<Source, String> group) throws Exception {
    assertEquals(
        String.join("\n", real(group)), String.join("\n", drawn(picture)), "picture: " + picture);
  }

  private static Function<Source, String> packagesOf(String module, String prefix) {
    return source ->
        source.module().equals(module) && source.packageName().startsWith(prefix)
            ? source.packageName().substring(prefix.length()).replace('.', '_')
            : "";
  }

  @Test
  void modules() throws Exception {
    check("modules", Source::module);
  }

  @Test
  void packagesOfBpf() throws Exception {
    check("packages of bpf", packagesOf("bpf", "latencyscope.bpf."));
  }

  @Test
  void packagesOfTheGuest() throws Exception {
    check("packages of guest", packagesOf("guest", "latencyscope.guest."));
  }

  @Test
  void packagesOfTheAgent() throws Exception {
    check("packages of agent", packagesOf("agent", "latencyscope.agent."));
  }

  @Test
  void packagesOfTheAnalysis() throws Exception {
    check("packages of analysis", packagesOf("analysis", "latencyscope."));
  }

  @Test
  void packagesOfTheReport() throws Exception {
    check("packages of report", packagesOf("report", "latencyscope."));
  }

  @Test
  void packagesOfTheCommandLine() throws Exception {
    check("packages of cli", packagesOf("cli", "latencyscope."));
  }

  @Test
  void packagesOfTheFleet() throws Exception {
    check("packages of fleet", packagesOf("fleet", "latencyscope.fleet."));
  }
}
