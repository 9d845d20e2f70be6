package latencyscope.proc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CpuSetTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "4,5,6-7|4-7",
        "0|0",
        "3,1,2,2|1-3",
        "0-3,8,300-301|0-3,8,300-301",
        " 1 , 2 |1-2",
        "65535|65535",
        "0-2,1-3|0-3"
      })
  void readsAndWritesAsTheKernelDoes(String given, String written) {
    assertEquals(written, CpuSet.parse(given).toString());
    assertEquals(CpuSet.parse(given), CpuSet.parse(written));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"7-4", "x", "1,,2", "-1", "1-", "+1", "4-7-9", "99999999999", "65536", "٣"})
  void namesWhatIsWrong(String given) {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> CpuSet.parse(given));
    assertTrue(e.getMessage().startsWith("'"), e.getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"0-3|f", "4-7|f0", "32|1,00000000", "0,63|80000000,00000001", "|0"})
  void mask(String given, String mask) {
    assertEquals(mask, CpuSet.parse(given).toMask());
  }

  @Test
  void algebra() {
    CpuSet all = CpuSet.parse("0-7");
    assertEquals(CpuSet.parse("0-3"), all.minus(CpuSet.parse("4-7")));
    assertEquals(all, CpuSet.parse("0-3").plus(CpuSet.parse("4-7")));
    assertTrue(all.containsAll(CpuSet.of(0, 7)) && !CpuSet.of(0, 7).containsAll(all));
    assertTrue(!all.contains(-1) && !all.contains(8) && all.contains(7));
  }

  @Test
  void masksAsTheKernelTakesThem() {
    assertArrayEquals(new byte[] {0b0001_1001, 0, 1}, CpuSet.parse("0,3-4,16").toMaskBytes());
    assertEquals(CpuSet.of(0, 3, 4, 16), CpuSet.ofMask(new byte[] {0b0001_1001, 0, 1, 0}));
    assertEquals(1024 / 8 + 1, CpuSet.of(1024).toMaskBytes().length);
    assertEquals(0, CpuSet.EMPTY.toMaskBytes().length);
  }

  @Test
  void members() {
    CpuSet cpus = CpuSet.parse("0-3,300");
    assertEquals(5, cpus.size());
    assertEquals(300, cpus.last().orElseThrow());
    assertTrue(CpuSet.EMPTY.last().isEmpty() && CpuSet.EMPTY.isEmpty());
    assertArrayEquals(new int[] {0, 1, 2, 3, 300}, cpus.stream().toArray());
    assertEquals(CpuSet.parse("0-3,300").hashCode(), cpus.hashCode());
  }

  @Test
  void whatIsNoCpuIsLeftOut() {
    assertEquals(CpuSet.parse("3"), CpuSet.of(-1, 3, Integer.MAX_VALUE));
  }
}
