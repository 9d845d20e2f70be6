package latencyscope.agent.record;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import latencyscope.bpf.btf.Type;
import latencyscope.bpf.kernel.KernelTypes;
import latencyscope.bpf.libbpf.KernelTest;
import org.junit.jupiter.api.Test;

/** Names of constants whose numbers are the running kernel's. */
@KernelTest
class KernelConstantsTest {
  @Test
  void numbersAreThoseOfTheKernel() {
    Map<String, Long> kernel =
        KernelTypes.running().enumeration("skb_drop_reason").orElseThrow().values();
    int noSocket = Math.toIntExact(kernel.get("SKB_DROP_REASON_NO_SOCKET"));
    Type.Enumeration ours =
        new Type.Enumeration(
            "skb_drop_reason___kernel", 4, Map.of("SKB_DROP_REASON_NO_SOCKET", 99L));
    assertEquals("NO_SOCKET", KernelConstants.names(ours)[noSocket]);
    byte[] table = KernelConstants.table("skb_drop_reason", 256, 32);
    String row = new String(table, noSocket * 32, 32, StandardCharsets.UTF_8);
    assertEquals("NO_SOCKET", row.substring(0, row.indexOf(0)));
  }

  @Test
  void kernelWithoutTheEnumLeavesWhatTheObjectHas() {
    Type.Enumeration ours = new Type.Enumeration("no_such___kernel", 4, Map.of("NO_SUCH_A", 1L));
    assertArrayEquals(new String[] {null, "A"}, KernelConstants.names(ours));
    assertArrayEquals(new byte[4], KernelConstants.table("no_such", 2, 2));
  }

  @Test
  void tracepointsHaveTheArgumentsThatTheirProgramsSee() {
    assertEquals(3, KernelTypes.running().tracepointArguments("napi_poll"));
    assertEquals(0, KernelTypes.running().tracepointArguments("no_such"));
  }
}
