package latencyscope.bpf.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CpuListTest {
  @ParameterizedTest
  @ValueSource(strings = {"", "0", "0-3,8", "1,3,5", "4-7", "0-1023", "300,5000-5001", "65535"})
  void readsAndWritesTheKernelsNotation(String text) {
    assertEquals(text, CpuList.parse(text).toString());
  }

  @ParameterizedTest
  @CsvSource({"'0,1,2', 0-2", "'3-3', 3", "'5,4', 4-5", "'0-2,1-3', 0-3", "' 1 , 2\n', 1-2"})
  void writesTheShortestForm(String text, String shortest) {
    assertEquals(shortest, CpuList.parse(text).toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "7-4 | 7-4 | a range goes upwards",
        "0-3,7-4 | 7-4 | a range goes upwards",
        "0,rubbish | rubbish | a CPU is a number such as 4, a range is such as 4-7",
        "1,,2 | '' | a CPU is a number such as 4, a range is such as 4-7",
        "-1 | -1 | a CPU is a number such as 4, a range is such as 4-7",
        "4- | 4- | a CPU is a number such as 4, a range is such as 4-7",
        "1-2-3 | 1-2-3 | a CPU is a number such as 4, a range is such as 4-7",
        "0-4000000000 | 0-4000000000 | no machine has a CPU 4000000000",
        "65536 | 65536 | no machine has a CPU 65536",
      })
  void namesThePartThatIsWrong(String text, String part, String reason) {
    var e = assertThrows(CpuList.MalformedException.class, () -> CpuList.parse(text));
    assertEquals(part, e.part());
    assertEquals("«" + part + "» is no CPU or range of CPUs: " + reason, e.getMessage());
  }

  @Test
  void masksHaveOneBitACpu() {
    assertArrayEquals(new byte[] {0b0001_1001, 0, 1}, CpuList.parse("0,3-4,16").mask());
    assertEquals(CpuList.of(0, 3, 4, 16), CpuList.ofMask(new byte[] {0b0001_1001, 0, 1, 0}));
    assertEquals(1024 / 8 + 1, CpuList.of(1024).mask().length);
    assertEquals(0, CpuList.NONE.mask().length);
  }

  @Test
  void isASet() {
    CpuList cpus = CpuList.parse("0-3,300");
    assertTrue(cpus.contains(300));
    assertFalse(cpus.contains(4));
    assertFalse(cpus.contains(-1));
    assertEquals(5, cpus.size());
    assertEquals(300, cpus.highest());
    assertEquals(-1, CpuList.NONE.highest());
    assertTrue(CpuList.NONE.isEmpty());
    assertEquals("0-1,300", cpus.without(CpuList.parse("2-9")).toString());
    assertEquals("2-3", cpus.and(CpuList.parse("2-9")).toString());
    assertArrayEquals(new int[] {0, 1, 2, 3, 300}, cpus.stream().toArray());
    assertEquals(CpuList.parse("0-3,300").hashCode(), cpus.hashCode());
  }
}
