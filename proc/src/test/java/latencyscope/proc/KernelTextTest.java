package latencyscope.proc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class KernelTextTest {
  private static byte[] latin1(String bytes) {
    return bytes.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void textIsReadAsUtf8() {
    assertEquals("/tmp/курс 🚀", KernelText.of(utf8("/tmp/курс 🚀")));
    assertEquals("", KernelText.of(new byte[0]));
  }

  @Test
  void aByteThatIsNoTextIsShownAndTheRestIsRead() {
    assertEquals("/tmp/a\\xffb", KernelText.of(latin1("/tmp/a\u00ffb")));
    assertEquals("\\xe4\\xf6 ok", KernelText.of(latin1("\u00e4\u00f6 ok")));
    assertEquals("cut \\xd0", KernelText.of(latin1("cut \u00d0")));
    assertNotEquals(KernelText.of(latin1("\u00fe")), KernelText.of(latin1("\u00ff")));
  }

  /** The kernel keeps 15 bytes of a name: here seven letters and a half. */
  @Test
  void aNameThatIsCutInsideACharacterEndsBeforeIt() {
    byte[] comm = Arrays.copyOf(Arrays.copyOf(utf8("торговля-акциями"), 15), 16);
    assertEquals("торговл", KernelText.comm(comm));
    assertEquals("strategy", KernelText.comm(Arrays.copyOf(utf8("strategy"), 16)));
    assertEquals("行情处理线", KernelText.comm(utf8("行情处理线")));
    assertEquals("\\xff broken", KernelText.comm(latin1("\u00ff broken")));
    assertEquals("", KernelText.comm(new byte[16]));
  }

  @Test
  void aShortNameThatIsNotCutKeepsItsBytes() {
    assertEquals("ab\\xd0", KernelText.comm(latin1("ab\u00d0")));
  }

  @Test
  void namesThatAJvmGaveAreReadInItsEncoding() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    new DataOutputStream(bytes).writeUTF("🚀🚀🚀");
    assertEquals("🚀🚀", KernelText.comm(Arrays.copyOfRange(bytes.toByteArray(), 2, 17)));
  }
}
