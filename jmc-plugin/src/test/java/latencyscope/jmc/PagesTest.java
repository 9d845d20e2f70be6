package latencyscope.jmc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import latencyscope.jfr.Schema;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openjdk.jmc.common.IState;
import org.openjdk.jmc.common.item.IAccessorKey;
import org.openjdk.jmc.common.item.IItemCollection;
import org.openjdk.jmc.common.item.IItemFilter;
import org.openjdk.jmc.common.item.IItemIterable;
import org.openjdk.jmc.common.item.PersistableItemFilter;
import org.openjdk.jmc.common.util.StateToolkit;
import org.openjdk.jmc.common.util.StatefulState;
import org.openjdk.jmc.flightrecorder.JfrLoaderToolkit;
import org.openjdk.jmc.flightrecorder.rules.IRule;
import org.openjdk.jmc.flightrecorder.rules.RuleRegistry;
import org.openjdk.jmc.flightrecorder.rules.util.JfrRuleTopics;

/** The pages as Mission Control's own readers take them, over a recording of every event. */
class PagesTest {
  /** Factories of Mission Control's that are used, by what its extension point calls them. */
  private static final Set<String> FACTORIES =
      Set.of(
          "org.openjdk.jmc.flightrecorder.ui.itemhandler",
          "org.openjdk.jmc.flightrecorder.ui.threads");

  @TempDir static Path folder;

  private static final List<IState> PAGES = new ArrayList<>();
  private static IState root;
  private static IItemCollection items;

  @BeforeAll
  static void read() throws Exception {
    try (Reader reader = open("pages.xml")) {
      root =
          StatefulState.create(state -> {
            try {
              StateToolkit.saveXMLDocumentTo(reader, state);
            } catch (Exception e) {
              throw new IllegalStateException(e);
            }
          });
    }
    collect(root);
    Path recording = folder.resolve("every.jfr");
    EveryEvent.record(recording);
    items = JfrLoaderToolkit.loadEvents(recording.toFile());
  }

  private static Reader open(String resource) {
    InputStream in = KernelRule.class.getResourceAsStream("/" + resource);
    return new InputStreamReader(in, StandardCharsets.UTF_8);
  }

  private static void collect(IState parent) {
    for (IState page : parent.getChildren("page")) {
      PAGES.add(page);
      collect(page);
    }
  }

  @Test
  void areOnFactoriesOfMissionControlAndHaveIdsOfTheirOwn() {
    assertEquals(1, root.getChildren("page").length, "one group in the outline");
    Set<String> ids = new HashSet<>();
    for (IState page : PAGES) {
      assertTrue(FACTORIES.contains(page.getAttribute("factory")), page.getAttribute("factory"));
      assertTrue(page.getAttribute("id").startsWith("latencyscope.jmc."));
      assertTrue(ids.add(page.getAttribute("id")), page.getAttribute("id"));
    }
  }

  @Test
  void haveNamesDescriptionsAndIcons() throws Exception {
    Set<String> drawn = new HashSet<>();
    for (IState page : ofItems()) {
      IState state = page.getChild("state");
      assertNotNull(state.getAttribute("name"));
      assertNotNull(state.getAttribute("description"));
      byte[] png = Base64.getDecoder().decode(state.getAttribute("icon"));
      assertEquals(16, ImageIO.read(new ByteArrayInputStream(png)).getWidth());
      assertTrue(drawn.add(state.getAttribute("icon")), "another icon for each page");
    }
  }

  private static List<IState> ofItems() {
    return PAGES.stream().filter(p -> p.getAttribute("factory").endsWith("itemhandler")).toList();
  }

  @Test
  void showWhatTheirFiltersLetThrough() {
    for (IState page : ofItems()) {
      IItemFilter filter =
          PersistableItemFilter.readFrom(page.getChild("state").getChild("pageFilter"));
      assertTrue(items.apply(filter).hasItems(), page.getAttribute("id"));
    }
  }

  @Test
  void everyEventIsOnOneOfThem() {
    Set<String> shown = typesIn(PAGES);
    Set<String> all = Schema.types().stream().map(Schema.Type::name).collect(Collectors.toSet());
    all.removeAll(shown);
    assertEquals(Set.of(), all);
  }

  @Test
  void everyEventOfAThreadHasALane() {
    Set<String> lanes =
        typesIn(PAGES.stream().filter(p -> p.getAttribute("factory").endsWith("threads")).toList());
    Set<String> durations = new TreeSet<>();
    for (IItemIterable ofType : items) {
      Set<String> fields = fields(ofType);
      if (fields.contains("kernelDuration:timespan") && fields.contains("duration:timespan")) {
        durations.add(ofType.getType().getIdentifier());
      }
    }
    durations.removeAll(lanes);
    durations.retainAll(Schema.types().stream().map(Schema.Type::name).toList());
    assertEquals(Set.of(), durations);
  }

  private static Set<String> typesIn(List<IState> pages) {
    Set<String> types = new TreeSet<>();
    pages.forEach(page -> addTypes(page.getChild("state"), types));
    return types;
  }

  private static void addTypes(IState state, Set<String> types) {
    if ("TYPE".equals(state.getAttribute("kind"))) {
      types.add(state.getAttribute("type"));
    }
    for (IState child : state.getChildren()) {
      addTypes(child, types);
    }
  }

  @Test
  void columnsAreOfTheEventsShown() {
    for (IState page : ofItems()) {
      IState state = page.getChild("state");
      IItemFilter filter = PersistableItemFilter.readFrom(state.getChild("pageFilter"));
      Set<String> there = new HashSet<>(Set.of("(eventType):type"));
      items.apply(filter).forEach(ofType -> there.addAll(fields(ofType)));
      IState settings = state.getChild("listAndChart").getChild("listSettings");
      for (IState column : settings.getChildren("column")) {
        String id = column.getAttribute("id");
        assertTrue(there.contains(id), page.getAttribute("id") + ": " + id + " of " + there);
      }
      IState histogram = state.getChild("histogram");
      if (histogram != null) {
        String group = histogram.getAttribute("groupBy");
        assertTrue(there.stream().anyMatch(f -> f.startsWith(group + ":")), group);
        for (IState column : histogram.getChild("table").getChildren("column")) {
          String id = column.getAttribute("id").replaceFirst("^(SUM|AVG|MAX)", "");
          assertTrue(there.contains(id) || id.startsWith("itemhistogram."), id);
        }
      }
    }
  }

  private static Set<String> fields(IItemIterable ofType) {
    Set<String> fields = new HashSet<>();
    for (IAccessorKey<?> key : ofType.getType().getAccessorKeys().keySet()) {
      fields.add(key.getIdentifier() + ":" + key.getContentType().getIdentifier());
    }
    return fields;
  }

  /** What a letter of a header takes at most, what is beside it, and what JMC leaves of 1920. */
  private static final int LETTER = 8;

  private static final int BESIDE = 24;
  private static final int ROOM = 1640;

  /** Fails on the version before: "Culprit Process Id" had 90 pixels, and pages up to 1650. */
  @Test
  void headersAreReadableOnAScreenOf1920Pixels() {
    for (IState page : ofItems()) {
      IState state = page.getChild("state");
      IItemFilter filter = PersistableItemFilter.readFrom(state.getChild("pageFilter"));
      Map<String, String> names = new HashMap<>(Map.of("(eventType):type", "Event Type"));
      items
          .apply(filter)
          .forEach(ofType ->
              ofType
                  .getType()
                  .getAccessorKeys()
                  .forEach((key, description) ->
                      names.put(
                          key.getIdentifier() + ":" + key.getContentType().getIdentifier(),
                          description.getName())));
      int width = 0;
      IState settings = state.getChild("listAndChart").getChild("listSettings");
      for (IState column : settings.getChildren("column")) {
        String name = names.get(column.getAttribute("id"));
        int own = Integer.parseInt(column.getAttribute("width"));
        assertTrue(own >= LETTER * name.length() + BESIDE, page.getAttribute("id") + ": " + name);
        width += own;
      }
      assertTrue(width <= ROOM, page.getAttribute("id") + ": " + width);
    }
  }

  /** Fails on the version before: a page looked complete. */
  @Test
  void pagesOfEventsSayThatThereIsMore() {
    for (IState page : ofItems()) {
      boolean ofThreads = page.getChild("state").getChild("histogram") != null;
      String description = page.getChild("state").getAttribute("description");
      assertEquals(ofThreads, description.contains("above their thresholds only"), description);
    }
  }

  /** A page shows the results of rules that are of its topics. */
  @Test
  void everyRuleIsOnOneOfThem() throws Exception {
    Set<String> known = new HashSet<>();
    for (var field : JfrRuleTopics.class.getFields()) {
      known.add((String) field.get(null));
    }
    Set<String> ours =
        RuleRegistry.getRules().stream()
            .filter(rule -> rule.getId().startsWith("latencyscope."))
            .map(IRule::getTopic)
            .collect(Collectors.toSet());
    Set<String> shown = new HashSet<>();
    for (IState page : ofItems()) {
      for (IState topic : page.getChild("state").getChildren("topic")) {
        String value = topic.getAttribute("value");
        assertTrue(ours.contains(value) || known.contains(value), value);
        shown.add(value);
      }
    }
    assertTrue(shown.containsAll(ours), () -> ours + " in " + shown);
  }
}
