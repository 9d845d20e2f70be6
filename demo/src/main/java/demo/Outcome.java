package demo;

import demo.feed.MarketDataReceiver;
import demo.risk.RiskDesk;
import demo.strategy.Strategy;
import java.time.Duration;
import java.util.List;

/**
 * What a session came to, all its threads ended.
 *
 * @param elapsed from the first message until the last was traded on
 * @param journaled orders written to the journal
 * @param reconciled whether the risk thread's books agree with the desk's
 * @param provoked one line for each disease that broke out
 */
record Outcome(
    Options options,
    Strategy strategy,
    MarketDataReceiver receiver,
    RiskDesk risk,
    Duration elapsed,
    long journaled,
    boolean reconciled,
    List<String> provoked) {

  /** Whether the time limit cut the stream short. */
  boolean isCutShort() {
    return strategy.messages() + receiver.lost() < options.messages();
  }

  /**
   * Whether the engine saw every message that was asked for, so that its checksum is the seed's.
   */
  boolean isComplete() {
    return !isCutShort() && receiver.lost() == 0;
  }
}
