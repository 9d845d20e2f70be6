package latencyscope.jfr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import jdk.jfr.Event;
import jdk.jfr.Label;
import latencyscope.jfr.capture.Exemplar;
import latencyscope.jfr.schema.Culprit;
import latencyscope.jfr.schema.EventDescription;
import latencyscope.jfr.schema.EventField;
import latencyscope.jfr.schema.EventFields;
import latencyscope.jfr.schema.EventTypes;
import latencyscope.jfr.schema.FlagField;
import latencyscope.jfr.schema.NumberField;
import latencyscope.jfr.schema.Occurrence;
import latencyscope.jfr.schema.Particular;
import latencyscope.jfr.schema.TextField;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** That every kernel event says what it means, and that the tables say the same. */
class OccurrenceTest {
  static Stream<Class<? extends Event>> occurrences() {
    // An exemplar stands for an event of another type.
    return Schema.events().stream()
        .filter(type -> KernelEvent.class.isAssignableFrom(type) && type != Exemplar.class);
  }

  @ParameterizedTest
  @MethodSource("occurrences")
  void everyKernelEventIsDescribed(Class<? extends Event> type) {
    Occurrence meaning = type.getAnnotation(Occurrence.class);
    assertNotNull(meaning, type + " lacks @Occurrence");
    assertFalse(meaning.noun().isBlank());
    // What a trigger of all latency includes can be named alone, too.
    assertTrue(!meaning.latency() || !meaning.trigger().isEmpty(), type::toString);
    EventDescription description = EventTypes.of(type.getSimpleName());
    assertNotNull(description, "the tables lack " + type);
    assertEquals(meaning.noun(), description.noun());
    assertEquals(meaning.trigger(), description.trigger());
    assertEquals(type.getAnnotation(Label.class).value(), description.label());
  }

  @ParameterizedTest
  @MethodSource("occurrences")
  void everyFieldThatADescriptionNamesIsTheEventsOwnAndOfItsKind(Class<? extends Event> type)
      throws ReflectiveOperationException {
    EventDescription description = EventTypes.of(type.getSimpleName());
    List<EventField> named = new ArrayList<>(description.culprits());
    named.addAll(description.particulars());
    for (EventField field : named) {
      Class<?> value = type.getDeclaredField(field.name()).getType();
      Class<?> expected =
          value == String.class
              ? TextField.class
              : value == boolean.class ? FlagField.class : NumberField.class;
      assertEquals(expected, field.getClass(), field.name());
    }
  }

  @ParameterizedTest
  @MethodSource("occurrences")
  void marksHaveAnOrder(Class<? extends Event> type) {
    Set<Integer> culprits = new HashSet<>();
    Set<Integer> particulars = new HashSet<>();
    for (Field field : type.getDeclaredFields()) {
      Culprit culprit = field.getAnnotation(Culprit.class);
      Particular particular = field.getAnnotation(Particular.class);
      assertTrue(culprit == null || culprits.add(culprit.value()), field::toString);
      assertTrue(particular == null || particulars.add(particular.value()), field::toString);
    }
  }

  @Test
  void namesOfTriggersAreUnique() {
    List<String> names =
        EventTypes.ALL.stream()
            .map(EventDescription::trigger)
            .filter(name -> !name.isEmpty())
            .toList();
    assertEquals(names.size(), Set.copyOf(names).size(), names::toString);
    assertTrue(names.contains("runqueue"));
  }

  @Test
  void everyFieldOfTheTablesIsOneOfAnEventAndOfItsKind() throws ReflectiveOperationException {
    Set<EventField> recorded = new HashSet<>();
    for (Class<? extends Event> type : Schema.events()) {
      for (Class<?> of = type; of != Event.class; of = of.getSuperclass()) {
        for (Field field : of.getDeclaredFields()) {
          boolean ofRecording = field.isAnnotationPresent(Label.class);
          if (ofRecording && (field.getType().isPrimitive() || field.getType() == String.class)) {
            recorded.add(kind(field));
          }
        }
      }
    }
    Set<EventField> named = new HashSet<>();
    for (Field constant : EventFields.class.getFields()) {
      if (constant.get(null) instanceof EventField field) {
        named.add(field);
      }
    }
    assertEquals(recorded, named);
    EventFields.TASKS.forEach(
        task -> assertTrue(named.contains(task.name()) && named.contains(task.tid())));
    assertTrue(EventFields.TASKS.contains(EventFields.SENDER_TASK));
  }

  private static EventField kind(Field field) {
    Class<?> value = field.getType();
    return value == String.class
        ? new TextField(field.getName())
        : value == boolean.class
            ? new FlagField(field.getName())
            : new NumberField(field.getName());
  }
}
