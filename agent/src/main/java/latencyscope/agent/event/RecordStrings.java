package latencyscope.agent.event;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import latencyscope.bpf.error.BpfException;
import latencyscope.bpf.kernel.SystemCalls;
import latencyscope.bpf.libbpf.KernelSymbols;
import latencyscope.guest.settings.Complaints;

/**
 * The texts of records: names of tasks, of kernel functions, of system calls and of files, each
 * made once and then reused, and stacks. Used by one thread at a time.
 */
public final class RecordStrings {
  /** Size of a task name in a record, TASK_COMM_LEN of the kernel. */
  public static final int COMM_BYTES = 16;

  private final CommCache comms = new CommCache();
  private final LongTexts functions = new LongTexts(this::look);
  private final LongTexts systemCalls = new LongTexts(RecordStrings::nameOfSystemCall);
  private final MappedFiles files;
  private final StackTexts stacks = new StackTexts();

  /** Null where the kernel does not name its functions. Modules are completed side by side. */
  private volatile KernelSymbols symbols;

  /**
   * Creates an empty collection.
   *
   * @param files paths of the files that the target has mapped
   */
  public RecordStrings(MappedFiles files) {
    this.files = files;
  }

  /** The task name of 16 bytes at an offset; null if it is empty. */
  public String comm(MemorySegment data, long offset) {
    return comm(
        data.get(ValueLayout.JAVA_LONG, offset), data.get(ValueLayout.JAVA_LONG, offset + 8));
  }

  /** The task name whose 16 bytes these two words are in memory order; null if it is empty. */
  public String comm(long lowWord, long highWord) {
    return comms.name(lowWord, highWord);
  }

  /** The text of an enum's constant; null for a value that has none. */
  public static String textAt(String[] texts, int value) {
    return value >= 0 && value < texts.length ? texts[value] : null;
  }

  /**
   * The kernel function at an address; null for 0, the address in hexadecimal if it has no name.
   */
  String function(long address) {
    return address == 0 ? null : functions.of(address);
  }

  /** The name of a system call; its number if this version does not know it. */
  public static String nameOfSystemCall(long number) {
    String name = SystemCalls.running().nameOf(number);
    return name != null ? name : "syscall " + number;
  }

  /** As {@link #nameOfSystemCall}, one instance for each. */
  String systemCall(long number) {
    return systemCalls.of(number);
  }

  /** The path of a file; null for inode 0, the numbers if it cannot be found. */
  public String file(long inode, long device) {
    return inode == 0 ? null : files.path(inode, device);
  }

  /** The stack that a copy was made of, once; null if there is none. */
  String stack(long number) {
    return stacks.take(number);
  }

  /** Where stacks are put for the records that name them. */
  public StackTexts stacks() {
    return stacks;
  }

  /** Uses these names of functions from now on, not their addresses. */
  public void symbols(KernelSymbols names) {
    symbols = names;
  }

  private String look(long address) {
    String name = null;
    try {
      name = symbols == null ? null : symbols.nameOf(address);
    } catch (BpfException e) {
      Complaints.say(
          "cannot read the name of a kernel function; using its address: " + e.problem());
    }
    return name != null ? name : "0x" + Long.toHexString(address);
  }
}
