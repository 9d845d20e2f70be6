package demo;

import demo.book.Instrument;
import demo.book.OrderBook;
import demo.measure.Histogram;
import demo.risk.Account;
import demo.strategy.Strategy;
import java.util.Locale;

/** Writes an outcome as plain text, in columns, every figure with its unit. */
final class Report {
  private static final double[] PERCENTILES = {50, 99, 99.9, 99.99};

  private final Outcome outcome;
  private final StringBuilder text = new StringBuilder();

  private Report(Outcome outcome) {
    this.outcome = outcome;
  }

  /** The report, ending in a new line. */
  static String of(Outcome outcome) {
    Report report = new Report(outcome);
    report.positions();
    report.latencies();
    report.session();
    report.provoked();
    return report.text.toString();
  }

  private void positions() {
    line("");
    line(
        "%-12s %9s %9s %9s %11s %11s %11s %12s",
        "instrument", "orders", "rejects", "fills", "bought", "sold", "position", "P&L $");
    for (Instrument instrument : Instrument.values()) {
      Strategy strategy = outcome.strategy();
      Account account = outcome.risk().account(instrument);
      line(
          "%-12s %,9d %,9d %,9d %,11d %,11d %,11d %,12.2f",
          instrument,
          strategy.orders(instrument),
          strategy.rejects(instrument),
          strategy.fills(instrument),
          account.bought(),
          account.sold(),
          account.position(),
          profit(account, strategy.book(instrument)));
    }
  }

  /** In dollars, the position valued at the middle of the book. */
  private static double profit(Account account, OrderBook book) {
    double middle = book.isTwoSided() ? (book.bestBid() + book.bestAsk()) / 2.0 : 0;
    return (account.cash() + account.position() * middle) / 100;
  }

  private void latencies() {
    Histogram trade = outcome.strategy().tickToTradeNs();
    Histogram wire = outcome.receiver().wireNs();
    line("");
    line("%-12s %26s %26s", "latency", "tick-to-trade", "wire");
    line("%-12s %26s %26s", "", "packet received to", "packet sent to");
    line("%-12s %26s %26s", "", "order sent", "packet received");
    line("%-12s %,26d %,26d", "count", trade.count(), wire.count());
    for (double percentile : PERCENTILES) {
      String name = "p" + (percentile == Math.rint(percentile) ? "%.0f" : "%s");
      line(
          "%-12s %26s %26s",
          String.format(Locale.ROOT, name, percentile),
          percentile(trade, percentile),
          percentile(wire, percentile));
    }
    line("%-12s %26s %26s", "max", nanoseconds(trade.max()), nanoseconds(wire.max()));
  }

  static String percentile(Histogram histogram, double percentile) {
    return histogram.resolves(percentile)
        ? nanoseconds(histogram.percentile(percentile))
        : String.format(Locale.ROOT, "not resolvable (n=%,d)", histogram.count());
  }

  /** Four significant digits or so, in the unit that suits. */
  static String nanoseconds(long ns) {
    if (ns < 10_000) {
      return String.format(Locale.ROOT, "%,d ns", ns);
    }
    if (ns < 10_000_000) {
      return String.format(Locale.ROOT, "%,.1f µs", ns / 1e3);
    }
    return String.format(Locale.ROOT, "%,.1f ms", ns / 1e6);
  }

  private void session() {
    Strategy strategy = outcome.strategy();
    double seconds = outcome.elapsed().toNanos() / 1e9;
    line("");
    figure("messages", "%,d in %.3f s", strategy.messages(), seconds);
    figure("throughput", "%,.0f messages/s", strategy.messages() / seconds);
    figure("gaps", "%,d, messages lost: %,d", outcome.receiver().gaps(), outcome.receiver().lost());
    figure("late cancels", "%,d", strategy.lateCancels());
    figure("trades", "%,d", strategy.tape().trades());
    figure("journal", "%,d records", outcome.journaled());
    figure("risk", "%s", outcome.reconciled() ? "books reconciled" : "BOOKS DO NOT AGREE");
    figure("checksum", "%016x%s", strategy.tape().checksum(), reservation());
  }

  private String reservation() {
    if (outcome.isComplete()) {
      return "";
    }
    return outcome.isCutShort()
        ? "  (not the seed's: the time limit cut the feed short)"
        : "  (not the seed's: messages were lost)";
  }

  private void provoked() {
    if (!outcome.provoked().isEmpty()) {
      line("");
      outcome.provoked().forEach(provoked -> line("provoked: %s", provoked));
    }
  }

  private void figure(String name, String format, Object... values) {
    line("%-12s %s", name, String.format(Locale.ROOT, format, values));
  }

  private void line(String format, Object... values) {
    text.append(String.format(Locale.ROOT, format, values).stripTrailing()).append('\n');
  }
}
