package latencyscope.guest.broker;

/** A broker does not serve this JVM, or is none. */
public final class BrokerException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String remedy;

  /**
   * Says why, and what to do.
   *
   * @param reason as a sentence without a full stop
   * @param remedy likewise
   */
  BrokerException(String reason, String remedy) {
    super(reason);
    this.remedy = remedy;
  }

  /** What to do about it. */
  public String remedy() {
    return remedy;
  }
}
