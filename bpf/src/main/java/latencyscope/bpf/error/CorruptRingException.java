package latencyscope.bpf.error;

/** A ring buffer whose positions or lengths cannot be true. */
public final class CorruptRingException extends BpfException {
  private static final long serialVersionUID = 1L;

  private final long skippedBytes;

  public CorruptRingException(String problem, long skippedBytes) {
    super(
        problem + ": skipped " + Long.toUnsignedString(skippedBytes) + " bytes",
        "count what was in them as lost; another process may be writing to the same ring",
        0);
    this.skippedBytes = skippedBytes;
  }

  /** Bytes that were skipped unread, headers included; unsigned. */
  public long skippedBytes() {
    return skippedBytes;
  }
}
