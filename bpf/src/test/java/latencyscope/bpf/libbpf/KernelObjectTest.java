package latencyscope.bpf.libbpf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import latencyscope.bpf.btf.Fixtures;
import latencyscope.bpf.btf.ObjectFile;
import latencyscope.bpf.btf.Scalars;
import latencyscope.bpf.btf.Type;
import latencyscope.bpf.btf.Variable;
import latencyscope.bpf.error.MalformedObjectException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** What is checked before the kernel is asked. */
class KernelObjectTest {
  private final KernelObject switches;
  private final ObjectFile shapes;

  KernelObjectTest() throws MalformedObjectException {
    switches = KernelObject.open(Fixtures.object("switches"));
    shapes = Fixtures.object("shapes");
  }

  private static String message(Executable mistake) {
    return assertThrows(IllegalArgumentException.class, mistake).getMessage();
  }

  @Test
  void aConstantMustExistAndBeOne() {
    assertEquals(
        "seen is no constant but lies in .bss: write to it when loaded",
        message(() -> switches.constant("seen", 1)));
    assertEquals(
        "switches has no variable nope;",
        message(() -> switches.constant("nope", 1)).split(" there")[0]);
  }

  @Test
  void aValueMustFit() {
    KernelObject spec = KernelObject.open(shapes);
    spec.constant("limit", 0xffff);
    assertEquals(
        "limit cannot hold 65536: its type is Int[size=2, signed=false]",
        message(() -> spec.constant("limit", 0x10000)));
    message(() -> spec.constant("limit", -1));
    message(() -> switches.constant("sending", 2));
    message(() -> switches.constant("bounds", 1));
    assertEquals(
        "bounds has 24 bytes, too few for 32",
        message(() -> switches.constant("bounds", new long[4])));
    assertEquals(
        "monitored is no array of 64-bit integers",
        message(() -> switches.constant("monitored", new long[1])));
    assertEquals(
        "monitored has 8 bytes, too few for 9",
        message(() -> switches.constant("monitored", new byte[9])));
  }

  @Test
  void mapsAndProgramsMustExist() {
    message(() -> switches.mapEntries("nope", 1));
    message(() -> switches.createMap("nope", true));
    message(() -> switches.loadProgram("nope", true));
    assertEquals(
        "map ls_slots cannot have 0 entries", message(() -> switches.mapEntries("ls_slots", 0)));
  }

  @Test
  void numbersAreLittleEndianAndAsWideAsTheirType() {
    Type signed = new Type.Int(2, true);
    Variable variable = new Variable("v", ".rodata", 0, signed);
    assertArrayEquals(new byte[] {-2, -1}, Scalars.encode(variable, -2));
    assertArrayEquals(new byte[] {0x34, 0x12}, Scalars.encode(variable, 0x1234));
    message(() -> Scalars.encode(variable, 0x8000));
    Variable kind = new Variable("k", ".rodata", 0, shapes.enumeration("direction"));
    assertArrayEquals(new byte[] {-1, -1, -1, -1}, Scalars.encode(kind, -1));
    message(() -> Scalars.encode(kind, 5));
    Variable wide = new Variable("w", ".rodata", 0, new Type.Int(8, false));
    assertArrayEquals(new byte[] {-1, -1, -1, -1, -1, -1, -1, -1}, Scalars.encode(wide, -1));
  }
}
