package latencyscope.agent.record;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import latencyscope.bpf.btf.Type;
import latencyscope.bpf.kernel.KernelTypes;

/**
 * Names of an enum's constants as the running kernel numbers them, for enums whose numbers differ
 * from kernel to kernel. Source: the kernel's own BTF.
 */
public final class KernelConstants {
  /** What C marks such an enum's name with: libbpf, too, takes off all that follows. */
  private static final String MARK = "___kernel";

  /** An enum may have values far beyond those that count up; they have no names here. */
  private static final int MOST = 4_096;

  private KernelConstants() {}

  /** Whether an enum's constants are the running kernel's, whatever the object says. */
  static boolean isOfKernel(Type.Enumeration constants) {
    return constants.name().endsWith(MARK);
  }

  /** The names by number; of a kernel that does not have the enum, those that the object has. */
  static String[] names(Type.Enumeration constants) {
    String name = constants.name().replace(MARK, "");
    return names(
        name,
        KernelTypes.running()
            .enumeration(name)
            .map(Type.Enumeration::values)
            .orElse(constants.values()));
  }

  /**
   * The names in the rows of a table, each ended by a 0; empty if the kernel does not have the
   * enum.
   *
   * @param name of the kernel's enum
   */
  public static byte[] table(String name, int rows, int rowBytes) {
    byte[] table = new byte[rows * rowBytes];
    Map<String, Long> values =
        KernelTypes.running().enumeration(name).map(Type.Enumeration::values).orElse(Map.of());
    String[] names = names(name, values);
    for (int row = 0; row < Math.min(rows, names.length); row++) {
      byte[] text = names[row] == null ? new byte[0] : names[row].getBytes(StandardCharsets.UTF_8);
      System.arraycopy(text, 0, table, row * rowBytes, Math.min(text.length, rowBytes - 1));
    }
    return table;
  }

  // As the kernel's own trace prints them: without what they all begin with.
  private static String[] names(String enumName, Map<String, Long> values) {
    String prefix = enumName.toUpperCase(Locale.ROOT) + "_";
    String[] names = new String[0];
    for (Map.Entry<String, Long> constant : values.entrySet()) {
      long value = constant.getValue();
      if (value < 0 || value >= MOST) {
        continue;
      }
      if (value >= names.length) {
        names = Arrays.copyOf(names, (int) value + 1);
      }
      String text = constant.getKey();
      names[(int) value] = text.startsWith(prefix) ? text.substring(prefix.length()) : text;
    }
    return names;
  }
}
