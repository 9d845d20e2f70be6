package latencyscope.bpf.btf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import latencyscope.bpf.error.MalformedObjectException;
import org.junit.jupiter.api.Test;

/** What clang wrote about src/test/bpf, against what stands in those sources. */
class ObjectFileTest {
  private final ObjectFile shapes;
  private final ObjectFile switches;

  ObjectFileTest() throws MalformedObjectException {
    shapes = Fixtures.object("shapes");
    switches = Fixtures.object("switches");
  }

  private void member(String name, int offset, Type type) {
    Struct.Member member = shapes.struct("every_kind").member(name);
    assertEquals(new Struct.Member(name, offset, type), member);
  }

  @Test
  void everyKindOfMemberIsToldApart() {
    Type.Int u64 = new Type.Int(8, false);
    member("at_ns", 0, u64);
    member("delta_ns", 8, new Type.Int(8, true));
    member("tid", 16, new Type.Int(4, false));
    member("direction", 20, shapes.enumeration("direction"));
    member("where", 24, shapes.struct("every_kind").member("where").type());
    member("name", 36, new Type.Chars(16));
    member("mask", 52, new Type.Array(new Type.Int(1, false), 3));
    member("kept", 55, new Type.Bool(1));
    member("owner", 64, new Type.Pointer(8));
    assertEquals(72, shapes.struct("every_kind").size());
  }

  @Test
  void nestedStructsKeepTheirOwnLayout() {
    Struct.Member where = shapes.struct("every_kind").member("where");
    Struct point = ((Type.Nested) where.type()).struct();
    assertEquals("point", point.name());
    assertEquals(new Struct.Member("y", 2, new Type.Int(2, true)), point.member("y"));
    Type.Array corners = (Type.Array) shapes.struct("every_kind").member("corners").type();
    assertEquals(new Type.Array(where.type(), 2), corners);
    assertEquals(8, corners.size());
  }

  @Test
  void membersOfAnonymousUnionsBelongToTheStruct() {
    member("flags", 56, new Type.Int(4, false));
    member("low", 56, new Type.Int(2, false));
    member("high", 58, new Type.Int(2, false));
  }

  @Test
  void holesAreFoundWhereverTheyAre() {
    assertEquals(
        List.of(new Struct.Hole(1, 3), new Struct.Hole(10, 2)), shapes.struct("with_hole").holes());
    assertEquals(
        List.of(new Struct.Hole(1, 3), new Struct.Hole(10, 2)),
        shapes.struct("with_inner_hole").holes());
    assertEquals(List.of(), shapes.struct("with_bits").holes());
    assertEquals(List.of(new Struct.Hole(0, 1)), shapes.struct("with_bit_hole").holes());
    assertEquals(List.of(), switches.struct("switch_seen").holes());
    // Four bytes lie between the union and the pointer.
    assertEquals(List.of(new Struct.Hole(60, 4)), shapes.struct("every_kind").holes());
  }

  @Test
  void bitFieldsKnowTheirBits() {
    Struct bits = shapes.struct("with_bits");
    assertEquals(new Type.Bits(4, 0, 3, false), bits.member("low").type());
    assertEquals(new Type.Bits(4, 3, 29, true), bits.member("high").type());
  }

  @Test
  void recordsAreTheStructsDeclaredAsSuch() {
    assertEquals(List.of("switch_seen"), names(switches.records()));
    assertFalse(names(shapes.records()).contains("not_a_record"));
    assertEquals(5, shapes.records().size());
    assertEquals(4, shapes.struct("not_a_record").size());
  }

  @Test
  void enumsAreTables() {
    Type.Enumeration direction = shapes.enumeration("direction");
    Map<String, Long> expected =
        Map.of("DIRECTION_BACK", -1L, "DIRECTION_NONE", 0L, "DIRECTION_FORTH", 1L);
    assertEquals(expected, direction.values());
    assertEquals("DIRECTION_BACK", direction.constant(-1));
    assertNull(direction.constant(2));
  }

  @Test
  void programsAndMapsAreThoseOfTheSource() {
    assertEquals(List.of("ls_test_switch", "ls_test_tasks"), switches.programs());
    assertEquals("tp_btf/sched_switch", switches.hook("ls_test_switch"));
    assertEquals("iter/task", switches.hook("ls_test_tasks"));
    assertEquals(
        List.of("ls_limits", "ls_slots", "ls_switches", "ls_tallies"),
        switches.maps().stream().sorted().toList());
  }

  @Test
  void variablesHaveTheirPlace() {
    Variable limit = shapes.variable("limit");
    Variable ranges = shapes.variable("ranges");
    assertEquals(".rodata", limit.section());
    assertEquals(new Type.Int(2, false), limit.type());
    assertEquals(new Type.Array(new Type.Int(8, false), 4), ranges.type());
    assertTrue(ranges.constant());
    assertTrue(limit.offset() + 2 <= ranges.offset() || ranges.offset() + 32 <= limit.offset());
    assertEquals(".data", shapes.variable("plain").section());
    assertEquals(".bss", shapes.variable("counts").section());
    assertEquals(20, shapes.variable("counts").size());
    assertFalse(shapes.variable("hidden").constant());
    assertTrue(shapes.variables().stream().noneMatch(v -> v.name().startsWith("__record_")));
  }

  @Test
  void anUnknownNameListsTheKnownOnes() {
    assertEquals(
        "struct switch_seen has no member prev_pid; there are:"
            + " at_ns, prev_tid, next_tid, next_name, cpu, kind",
        message(() -> switches.struct("switch_seen").member("prev_pid")));
    assertEquals(
        "switches has no program nope; there are: ls_test_switch, ls_test_tasks",
        message(() -> switches.hook("nope")));
    assertTrue(message(() -> switches.struct("nope")).contains("switch_seen"));
    assertTrue(message(() -> switches.variable("nope")).contains("target_tid"));
    assertTrue(message(() -> switches.enumeration("nope")).contains("switch_kind"));
  }

  private static String message(Runnable lookUp) {
    return assertThrows(IllegalArgumentException.class, lookUp::run).getMessage();
  }

  private static List<String> names(List<Struct> structs) {
    return structs.stream().map(Struct::name).toList();
  }
}
