package demo.disease;

import demo.feed.FlowControl;
import demo.feed.MarketDataReceiver;
import demo.journal.Journal;
import demo.risk.RiskDesk;
import demo.strategy.StrategyLoop;
import java.nio.channels.DatagramChannel;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The parts of the engine that a disease can get at.
 *
 * @param socket the socket on which market data is received
 * @param directory private to this run and deleted at its end
 * @param window how long diseases last
 */
public record Patient(
    StrategyLoop strategy,
    MarketDataReceiver receiver,
    DatagramChannel socket,
    FlowControl flow,
    RiskDesk risk,
    Journal journal,
    Path directory,
    Duration window) {}
