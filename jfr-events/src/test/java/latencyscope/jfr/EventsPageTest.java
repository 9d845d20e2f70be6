package latencyscope.jfr;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import jdk.jfr.DataAmount;
import jdk.jfr.EventType;
import jdk.jfr.MemoryAddress;
import jdk.jfr.Name;
import jdk.jfr.Percentage;
import jdk.jfr.Threshold;
import jdk.jfr.Timespan;
import jdk.jfr.Timestamp;
import jdk.jfr.ValueDescriptor;
import latencyscope.jfr.schema.EventDescription;
import latencyscope.jfr.schema.EventField;
import latencyscope.jfr.schema.EventTypes;
import org.junit.jupiter.api.Test;

/** {@code docs/events.md} is what the event classes say; the page as it should be is in target. */
class EventsPageTest {
  private static final Path PAGE = Path.of("../docs/events.md");
  private static final Path ACTUAL = Path.of("target/events.md");
  private static final int COLUMNS = 120;

  private static final Set<String> OF_EVERY_EVENT = Set.of("startTime", "duration", "stackTrace");

  private static final Set<String> OF_KERNEL_EVENTS =
      Arrays.stream(KernelEvent.class.getDeclaredFields())
          .map(field -> field.isAnnotationPresent(Name.class) ? nameOf(field) : field.getName())
          .collect(Collectors.toUnmodifiableSet());

  private final StringBuilder page = new StringBuilder();

  private static String nameOf(Field field) {
    return field.getAnnotation(Name.class).value();
  }

  @Test
  void thePageListsEveryEvent() throws Exception {
    page.append("# Events\n\n");
    text(
        "`EventsPageTest` compares this page with the event classes. When they differ, copy"
            + " `jfr-events/target/events.md` here. Names in recordings begin with `latencyscope.`.");
    ofEveryKernelEvent();
    List<String> modules = new ArrayList<>(List.of(Schema.CAPTURE));
    modules.addAll(Schema.modules());
    modules.forEach(this::module);
    Files.writeString(ACTUAL, page);
    assertEquals(Files.readString(PAGE, StandardCharsets.UTF_8), page.toString());
  }

  private void ofEveryKernelEvent() {
    page.append("\n## Fields of every kernel event\n\n");
    EventType any =
        Schema.events().stream()
            .filter(KernelEvent.class::isAssignableFrom)
            .findFirst()
            .map(EventType::getEventType)
            .orElseThrow();
    fields(any.getFields().stream().filter(EventsPageTest::isOfKernelEvents).toList());
  }

  private void module(String module) {
    page.append("\n## Module `").append(module).append("`\n");
    Schema.events().stream()
        .filter(event -> Schema.module(EventType.getEventType(event)).equals(module))
        .sorted(Comparator.comparing(event -> EventType.getEventType(event).getName()))
        .forEach(this::event);
  }

  private void event(Class<? extends jdk.jfr.Event> event) {
    EventType type = EventType.getEventType(event);
    String name = type.getName().substring(EventDescription.PREFIX.length());
    page.append("\n### `").append(name).append("`: ").append(type.getLabel()).append("\n\n");
    List<String> sentences = new ArrayList<>();
    if (type.getDescription() != null) {
      sentences.add(type.getDescription() + ".");
    }
    boolean ofKernel = KernelEvent.class.isAssignableFrom(event);
    if (ofKernel) {
      sentences.add("It has the fields of every kernel event.");
    }
    Threshold threshold = event.getAnnotation(Threshold.class);
    if (threshold != null) {
      sentences.add("Threshold unless a recording sets one: " + threshold.value() + ".");
    }
    EventTypes.ALL.stream()
        .filter(description -> description.name().equals(name))
        .findFirst()
        .ifPresent(description -> meaning(description, sentences));
    text(String.join(" ", sentences));
    List<ValueDescriptor> own =
        type.getFields().stream()
            .filter(field -> !OF_EVERY_EVENT.contains(field.getName()))
            .filter(field -> !ofKernel || !isOfKernelEvents(field))
            .toList();
    if (!own.isEmpty()) {
      page.append('\n');
      fields(own);
    }
  }

  private static void meaning(EventDescription description, List<String> sentences) {
    if (!description.trigger().isEmpty()) {
      sentences.add("Trigger: `" + description.trigger() + "`.");
    }
    if (!description.ledgerCause().isEmpty()) {
      sentences.add("Cause in the ledger: `" + description.ledgerCause() + "`.");
    }
    if (!description.culprits().isEmpty()) {
      sentences.add("Culprit: " + names(description.culprits()) + ".");
    }
  }

  private static String names(List<EventField> fields) {
    return fields.stream().map(field -> code(field.name())).collect(Collectors.joining(", else "));
  }

  private void fields(List<ValueDescriptor> fields) {
    page.append("| Field | Value | Meaning |\n|---|---|---|\n");
    for (ValueDescriptor field : fields) {
      String meaning = field.getDescription() == null ? field.getLabel() : field.getDescription();
      row(code(field.getName()), value(field), meaning);
    }
  }

  private static boolean isOfKernelEvents(ValueDescriptor field) {
    return OF_KERNEL_EVENTS.contains(field.getName());
  }

  /** The unit where there is one, else the kind. */
  private static String value(ValueDescriptor field) {
    Timespan timespan = field.getAnnotation(Timespan.class);
    if (timespan != null) {
      return timespan.value().toLowerCase(Locale.ROOT);
    }
    DataAmount amount = field.getAnnotation(DataAmount.class);
    if (amount != null) {
      return amount.value().toLowerCase(Locale.ROOT);
    }
    if (field.getAnnotation(Timestamp.class) != null) {
      return "time";
    }
    if (field.getAnnotation(Percentage.class) != null) {
      return "share";
    }
    if (field.getAnnotation(MemoryAddress.class) != null) {
      return "address";
    }
    return switch (field.getTypeName()) {
      case "java.lang.String" -> "text";
      case "java.lang.Thread" -> "thread";
      case "boolean" -> "yes or no";
      default -> "number";
    };
  }

  private void text(String sentences) {
    page.append(sentences.replaceAll("(.{1," + COLUMNS + "})(?: |$)", "$1\n"));
  }

  private static String code(String text) {
    return "`" + text + "`";
  }

  private void row(String... cells) {
    page.append("| ");
    page.append(
        Arrays.stream(cells)
            .map(cell -> cell.replace("|", "\\|"))
            .collect(Collectors.joining(" | ")));
    page.append(" |\n");
  }
}
