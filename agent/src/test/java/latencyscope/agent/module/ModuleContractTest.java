package latencyscope.agent.module;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jdk.jfr.Category;
import latencyscope.agent.event.CNames;
import latencyscope.agent.event.EventClass;
import latencyscope.agent.record.RecordBinding;
import latencyscope.bpf.btf.ObjectFile;
import latencyscope.bpf.btf.Struct;
import latencyscope.bpf.btf.Type;
import latencyscope.jfr.KernelEvent;
import latencyscope.jfr.Schema;
import latencyscope.jfr.capture.Exemplar;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What ties C to Java by name, for every module in the jar: a missing leg fails the build. */
class ModuleContractTest {
  static List<String> modules() throws Exception {
    return ObjectFile.index().stream().filter(ModuleContractTest::sendsRecords).toList();
  }

  private static boolean sendsRecords(String name) {
    try {
      return !ObjectFile.named(name).records().isEmpty();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void thereAreModules() throws Exception {
    assertTrue(modules().contains("isolation"));
  }

  @ParameterizedTest
  @MethodSource("modules")
  void everyMemberHasItsFieldAndEveryFieldItsMember(String module) throws Exception {
    for (Struct record : ObjectFile.named(module).records()) {
      new RecordBinding(EventClass.of(record), record).bind();
    }
  }

  @ParameterizedTest
  @MethodSource("modules")
  void noRecordHasBytesThatNobodyWrites(String module) throws Exception {
    for (Struct record : ObjectFile.named(module).records()) {
      assertEquals(List.of(), record.holes(), record.name());
      assertEquals(0, record.size() % Long.BYTES, record.name());
    }
  }

  @ParameterizedTest
  @MethodSource("modules")
  void everyRecordIsNumberedAndEveryNumberIsARecord(String module) throws Exception {
    ObjectFile file = ObjectFile.named(module);
    Map<Long, Struct> numbered = KernelModule.recordsByNumber(file);
    assertEquals(
        names(file.records().stream().map(Struct::name)),
        names(numbered.values().stream().map(Struct::name)));
    for (long number = 0; number < numbered.size(); number++) {
      assertTrue(numbered.containsKey(number), "numbers must run from 0 without a gap");
    }
    Type thresholds = file.variable("threshold_ns").type();
    assertTrue(((Type.Array) thresholds).length() >= numbered.size());
  }

  @ParameterizedTest
  @MethodSource("modules")
  void timesAreWholeNanoseconds(String module) throws Exception {
    for (Struct record : ObjectFile.named(module).records()) {
      for (Struct.Member member : record.members()) {
        if (member.name().endsWith("_ns")) {
          assertEquals(new Type.Int(8, false), member.type(), member.name());
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("modules")
  void everythingInTheKernelIsRecognisedAsOurs(String module) throws Exception {
    ObjectFile file = ObjectFile.named(module);
    assertFalse(file.programs().isEmpty());
    file.programs().forEach(program -> assertTrue(program.startsWith("ls_"), program));
    file.maps().stream()
        .filter(map -> !map.startsWith("."))
        .forEach(map -> assertTrue(map.startsWith("ls_"), map));
  }

  @ParameterizedTest
  @MethodSource("modules")
  void eventsAreFiledUnderTheirModule(String module) throws Exception {
    for (Struct record : ObjectFile.named(module).records()) {
      String[] category = EventClass.of(record).getAnnotation(Category.class).value();
      assertEquals(List.of("LatencyScope", module), Arrays.asList(category));
    }
  }

  @Test
  void noEventIsWithoutARecord() throws Exception {
    Set<String> sent = new TreeSet<>(Set.of(Exemplar.class.getSimpleName())); // stands for any
    for (String module : modules()) {
      ObjectFile.named(module).records().forEach(r -> sent.add(CNames.className(r.name())));
    }
    assertEquals(kernelEvents(), sent);
  }

  private static Set<String> names(Stream<String> names) {
    return names.collect(Collectors.toCollection(TreeSet::new));
  }

  /** Simple names of all event classes that a record is decoded into. */
  private static Set<String> kernelEvents() {
    return names(
        Schema.events().stream()
            .filter(KernelEvent.class::isAssignableFrom)
            .map(Class::getSimpleName));
  }
}
