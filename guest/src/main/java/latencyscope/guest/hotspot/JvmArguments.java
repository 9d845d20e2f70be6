package latencyscope.guest.hotspot;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The flags that this JVM was started with, wherever they were written; its program's arguments
 * aside.
 *
 * <p>Source: {@code Arguments::_jvm_flags_array} and {@code _jvm_args_array} of HotSpot, which
 * {@code RuntimeMXBean} returns, too. That is in the module java.management, which an engine's own
 * run-time image need not have: the flight recorder does without.
 */
public final class JvmArguments {
  private static final String TYPE = "Arguments";

  /** No command line is longer. */
  private static final int MOST = 10_000;

  private JvmArguments() {}

  /**
   * Reads them.
   *
   * @throws IOException if the JVM does not describe it
   */
  public static List<String> read() throws IOException {
    try (HotSpotStructs structs = new HotSpotStructs()) {
      List<String> arguments = new ArrayList<>();
      add(structs, "_num_jvm_flags", "_jvm_flags_array", arguments);
      add(structs, "_num_jvm_args", "_jvm_args_array", arguments);
      return arguments;
    }
  }

  private static void add(HotSpotStructs structs, String count, String array, List<String> texts)
      throws IOException {
    int length = Math.min(MOST, structs.readInt(structs.staticAddress(TYPE, count)));
    long first = structs.readLong(structs.staticAddress(TYPE, array));
    for (int i = 0; i < length; i++) {
      texts.add(structs.readText(structs.readLong(first + (long) i * Long.BYTES)));
    }
  }
}
