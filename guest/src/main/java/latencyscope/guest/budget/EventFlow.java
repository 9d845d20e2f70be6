package latencyscope.guest.budget;

import java.util.function.LongSupplier;

/**
 * Events of one type on their way through the drain thread: how many come, and from which length
 * on. Used by one thread at a time.
 */
public final class EventFlow {
  private final String eventName;
  private final LongSupplier records;
  private long recordsSeen;
  private double rate;
  private long thresholdNs;
  private long floorNs;

  /**
   * @param records returns how many were taken until now
   */
  public EventFlow(String eventName, LongSupplier records) {
    this.eventName = eventName;
    this.records = records;
  }

  public String eventName() {
    return eventName;
  }

  /** Takes the records since the last look, so many seconds ago. */
  void look(double seconds) {
    long now = records.getAsLong();
    rate = (now - recordsSeen) / seconds;
    recordsSeen = now;
  }

  /** Records per second between the last two looks. */
  double rate() {
    return rate;
  }

  /**
   * Takes over what the recordings want.
   *
   * @param ns nanoseconds; 0 for every single event, or if the type is not wanted at all
   */
  public void threshold(long ns) {
    thresholdNs = ns;
  }

  public long thresholdNs() {
    return thresholdNs;
  }

  /** Whether a floor has an effect: not where every single event is wanted. */
  boolean isRaisable() {
    return thresholdNs > 0;
  }

  /** Least length that is kept whatever the recordings want, nanoseconds; 0 for none. */
  public long floorNs() {
    return floorNs;
  }

  void floor(long ns) {
    floorNs = ns;
  }
}
