package latencyscope.agent;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.Map;
import latencyscope.bpf.KernelSymbols;

/**
 * The texts of records: task names and names of kernel functions, each made once and then reused.
 * Used by one thread at a time.
 */
final class RecordStrings {
  /** Size of a task name in a record, TASK_COMM_LEN of the kernel. */
  static final int COMM_BYTES = 16;

  private final CommCache comms = new CommCache();
  private final Map<Long, String> functions = new HashMap<>();
  private KernelSymbols symbols;

  /** The task name of 16 bytes at an offset; null if it is empty. */
  String comm(MemorySegment data, long offset) {
    return comm(
        data.get(ValueLayout.JAVA_LONG, offset), data.get(ValueLayout.JAVA_LONG, offset + 8));
  }

  /** The task name whose 16 bytes these two words are in memory order; null if it is empty. */
  String comm(long lowWord, long highWord) {
    return comms.name(lowWord, highWord);
  }

  /** The text of an enum's constant; null for a value that has none. */
  static String textAt(String[] texts, int value) {
    return value >= 0 && value < texts.length ? texts[value] : null;
  }

  /**
   * The kernel function at an address; null for 0, the address in hexadecimal if it has no name.
   */
  String function(long address) {
    return address == 0 ? null : functions.computeIfAbsent(address, this::look);
  }

  private String look(long address) {
    if (symbols == null) {
      symbols = KernelSymbols.running();
    }
    String name = symbols.nameOf(address);
    return name != null ? name : "0x" + Long.toHexString(address);
  }
}
