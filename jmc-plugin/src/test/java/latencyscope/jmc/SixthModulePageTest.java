package latencyscope.jmc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openjdk.jmc.flightrecorder.rules.IRule;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * That Mission Control gets a page, a lane and a rule of a module from its event class alone: the
 * build's generator runs over the released events and that of {@code SixthModuleIT}.
 */
class SixthModulePageTest {
  private static final Path EVENT = Path.of("../agent/src/test/module/sync/FileSync.java");
  private static final String RULE = "latencyscope.jmc.KernelRules$Sync";
  private static final String RULE_LIST =
      "META-INF/services/org.openjdk.jmc.flightrecorder.rules.IRule";

  @TempDir static Path work;

  private static Path events;
  private static Path resources;
  private static Path sources;
  private static Document pages;

  @BeforeAll
  static void generate() throws Exception {
    events = work.resolve("events");
    resources = work.resolve("resources");
    sources = work.resolve("sources");
    copyEvents();
    compile(
        events,
        List.of(
            "--add-exports",
            "jdk.jfr/jdk.jfr.internal=ALL-UNNAMED",
            "-cp",
            events.toString(),
            EVENT.toString()));
    PlugIn.run(
        work,
        List.of(
            PlugIn.THIS_JAVA.toString(),
            "-Djava.awt.headless=true",
            "-cp",
            events.toString(),
            "src/build/java/GeneratePages.java",
            resources.toString(),
            sources.toString()));
    pages =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(resources.resolve("pages.xml").toFile());
  }

  private static void copyEvents() throws IOException {
    Path from = Path.of("../jfr-events/target/classes");
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path to = events.resolve(from.relativize(file).toString());
        Files.createDirectories(to.getParent());
        Files.copy(file, to);
      }
    }
  }

  private static void compile(Path output, List<String> arguments) {
    List<String> all = new ArrayList<>(List.of("-proc:none", "-d", output.toString()));
    all.addAll(arguments);
    int result =
        ToolProvider.getSystemJavaCompiler().run(null, null, null, all.toArray(String[]::new));
    assertEquals(0, result);
  }

  @Test
  void thePageShowsItsEventsByWhatTheyAre() {
    Element page = page("latencyscope.jmc.sync");
    Element state = first(page, "state");
    assertEquals("File Sync", state.getAttribute("name"));
    assertTrue(
        state.getAttribute("description").startsWith("Thread waited until a file was on its disk"));
    assertEquals("latencyscope.FileSync", first(page, "pageFilter").getAttribute("type"));
    assertEquals("latencyscope.sync", first(page, "topic").getAttribute("value"));
    assertTrue(attributes(page, "column", "id").contains("scope:text"));
  }

  @Test
  void theOtherPagesKnowIt() {
    Element overview = page("latencyscope.jmc.all");
    assertTrue(attributes(overview, "filter", "type").contains("latencyscope.FileSync"));
    assertTrue(attributes(overview, "topic", "value").contains("latencyscope.sync"));
    Element threads = page("latencyscope.jmc.threads");
    assertTrue(attributes(threads, "threadLane", "name").contains("File Sync"));
    assertTrue(attributes(threads, "filter", "type").contains("latencyscope.FileSync"));
  }

  @Test
  void theRuleIsFoundAndShowsItsPartOfTheReport() throws Exception {
    assertTrue(Files.readAllLines(resources.resolve(RULE_LIST)).contains(RULE));
    Path classes = Files.createDirectories(work.resolve("classes"));
    Path source = sources.resolve("latencyscope/jmc/KernelRules.java");
    String classPath = System.getProperty("java.class.path");
    compile(classes, List.of("-cp", classPath, source.toString()));
    // Loaded with what it extends: packages of two loaders are two packages.
    Path base =
        Path.of(KernelRule.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    URL[] path = {classes.toUri().toURL(), base.toUri().toURL()};
    try (URLClassLoader loader = new OwnFirst(path)) {
      IRule rule = (IRule) loader.loadClass(RULE).getConstructor().newInstance();
      assertEquals("latencyscope.sync", rule.getTopic());
      assertEquals("File Sync", rule.getName());
    }
  }

  /** Takes the plug-in's classes from its own path, all others from the tests'. */
  private static final class OwnFirst extends URLClassLoader {
    OwnFirst(URL[] path) {
      super(path, KernelRule.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (!name.startsWith("latencyscope.jmc.")) {
        return super.loadClass(name, resolve);
      }
      Class<?> loaded = findLoadedClass(name);
      return loaded == null ? findClass(name) : loaded;
    }
  }

  /** The page itself, without those below it. */
  private static Element page(String id) {
    NodeList all = pages.getElementsByTagName("page");
    for (int i = 0; i < all.getLength(); i++) {
      Element page = (Element) all.item(i);
      if (page.getAttribute("id").equals(id)) {
        return first(page, "state");
      }
    }
    throw new AssertionError("no page " + id);
  }

  private static Element first(Element parent, String name) {
    return parent.getNodeName().equals(name)
        ? parent
        : (Element) parent.getElementsByTagName(name).item(0);
  }

  private static Set<String> attributes(Element parent, String element, String attribute) {
    NodeList all = parent.getElementsByTagName(element);
    return Stream.iterate(0, i -> i < all.getLength(), i -> i + 1)
        .map(i -> ((Element) all.item(i)).getAttribute(attribute))
        .collect(Collectors.toSet());
  }
}
