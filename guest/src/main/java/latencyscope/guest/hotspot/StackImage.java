package latencyscope.guest.hotspot;

/**
 * A thread's registers at some moment, and what it had then at the top of its stack. Reused for one
 * after the other. Not safe for use by several threads.
 */
public final class StackImage {
  /** What a word is that was not copied: no address of user space. */
  public static final long MISSING = 0;

  /** Address of the next instruction, or of the one that faulted. */
  public long pc;

  /** Stack pointer. */
  public long sp;

  /** Frame pointer, if the code at {@link #pc} keeps one. */
  public long fp;

  /** Address of the bytecode, if the interpreter runs. */
  public long bcp;

  /** Stack pointer of the last Java frame; 0 if the thread ran Java code. */
  public long javaSp;

  /** Where the last Java frame will go on; 0 if the word below its stack pointer says so. */
  public long javaPc;

  /** Frame pointer of the last Java frame. */
  public long javaFp;

  /** Address of the first word that was copied. */
  public long from;

  /** How many words were. */
  public int words;

  private final long[] memory;

  /**
   * Creates an empty one.
   *
   * @param most words that it has room for
   */
  public StackImage(int most) {
    memory = new long[most];
  }

  /** Where the words go. */
  public long[] memory() {
    return memory;
  }

  /** Whether the word at an address was copied. */
  boolean has(long address) {
    long at = address - from;
    return at >= 0 && at % Long.BYTES == 0 && at / Long.BYTES < words;
  }

  /** The word at an address; {@link #MISSING} if it was not copied. */
  long word(long address) {
    return has(address) ? memory[(int) ((address - from) / Long.BYTES)] : MISSING;
  }
}
