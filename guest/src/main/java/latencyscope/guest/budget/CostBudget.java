package latencyscope.guest.budget;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import latencyscope.jfr.capture.BudgetExceeded;

/**
 * Keeps the drain thread within a share of one CPU: raises the threshold of those types of event
 * that come most when they cost too much, and lowers it again when they do not. Rare events, which
 * are likely the ones that matter, keep theirs. Used by one thread at a time.
 *
 * <p>The share is one over some seconds, as a bucket: what was not used is kept for them, and when
 * it has run dry thresholds rise at once. What else the drain thread does no threshold would help:
 * records may use what it leaves of the budget, at least half of that.
 */
public final class CostBudget {
  /** Seconds over which the share is taken, and after which it is looked whether less would do. */
  static final int WINDOW = 5;

  /**
   * Seconds of the budget that there are to begin with: code that is not compiled yet costs several
   * times, and what came meanwhile is no reason to keep less of what comes.
   */
  private static final int TO_BEGIN_WITH = 20;

  /** Fewer than this per second do not make the drain thread busy: something else does. */
  private static final long MANY_RECORDS = 1_000;

  private static final long LOWEST_FLOOR_NS = 500;
  private static final long HIGHEST_FLOOR_NS = 1_000_000_000;

  /** Not more at once, since lengths are spread otherwise than is assumed. */
  private static final long LARGEST_STEP = 8;

  /**
   * Below this part of the budget floors are lowered: half the floor is at most twice the events.
   */
  private static final double LOW = 0.25;

  private final double budget;
  private final List<EventFlow> flows;
  private long lookedAtNs;
  private long cpuSeenNs;
  private long recordsNsSeen;

  /** CPU time that records may use until thresholds rise. */
  private double leftNs;

  private long lowSinceNs;
  private double usedWhileLowNs;

  /**
   * @param budget share of one CPU, such as 0.01; 0 for none
   * @param flows of all types that it may raise
   * @param nowNs of {@link System#nanoTime}
   * @param cpuNs CPU time that the drain thread has used so far
   */
  public CostBudget(double budget, List<EventFlow> flows, long nowNs, long cpuNs) {
    this.budget = budget;
    this.flows = List.copyOf(flows);
    lookedAtNs = nowNs;
    cpuSeenNs = cpuNs;
    leftNs = TO_BEGIN_WITH * 1e9 * budget;
    lowSinceNs = nowNs;
  }

  /**
   * Takes what was used until now, about once a second, and sets the floors of the flows.
   *
   * @param cpuNs CPU time that the drain thread has used so far
   * @param recordsNs how much of that records took
   * @param mayRaise whether thresholds may rise
   */
  public void look(long nowNs, long cpuNs, long recordsNs, boolean mayRaise) {
    if (budget <= 0 || nowNs <= lookedAtNs) {
      return;
    }
    double intervalNs = nowNs - lookedAtNs;
    double share = (cpuNs - cpuSeenNs) / intervalNs;
    double usedNs = recordsNs - recordsNsSeen;
    double recordsShare = usedNs / intervalNs;
    double allowed = Math.max(budget / 2, budget - Math.max(0, share - recordsShare));
    for (int i = 0; i < flows.size(); i++) { // neither iterator nor lambda: it is each second
      flows.get(i).look(intervalNs / 1e9);
    }
    lookedAtNs = nowNs;
    cpuSeenNs = cpuNs;
    recordsNsSeen = recordsNs;
    double fullNs = Math.max(leftNs, WINDOW * 1e9 * budget);
    leftNs = Math.min(fullNs, leftNs + intervalNs * allowed) - usedNs;
    usedWhileLowNs += usedNs;
    if (leftNs < 0) {
      leftNs = 0;
      double rate = sumOfRates(flows);
      if (mayRaise && recordsShare > allowed && rate > MANY_RECORDS) {
        raise(rate * allowed / recordsShare, share);
      }
      beginLow(nowNs);
    } else if (nowNs - lowSinceNs >= WINDOW * 1e9) {
      if (usedWhileLowNs / (nowNs - lowSinceNs) < budget * LOW) {
        lower(share);
      }
      beginLow(nowNs);
    }
  }

  private void beginLow(long nowNs) {
    lowSinceNs = nowNs;
    usedWhileLowNs = 0;
  }

  private static double sumOfRates(List<EventFlow> flows) {
    return flows.stream().mapToDouble(EventFlow::rate).sum();
  }

  /**
   * Twice the length leaves about half of the events: so often that all rates are alike.
   *
   * @param affordable records per second, of all flows together
   */
  private void raise(double affordable, double share) {
    Map<Boolean, List<EventFlow>> byRaisable =
        flows.stream().collect(Collectors.partitioningBy(EventFlow::isRaisable));
    List<EventFlow> raisable = byRaisable.get(true);
    double each = evenRate(raisable, Math.max(0, affordable - sumOfRates(byRaisable.get(false))));
    for (EventFlow flow : raisable) {
      if (flow.rate() > each && flow.floorNs() < HIGHEST_FLOOR_NS) {
        long now = Math.max(flow.floorNs(), Math.max(LOWEST_FLOOR_NS, flow.thresholdNs()));
        set(flow, stepFor(flow.rate() / each) * now, share);
      }
    }
  }

  private static long stepFor(double times) {
    long step = 2;
    while (step < times && step < LARGEST_STEP) {
      step *= 2;
    }
    return step;
  }

  /** The rate that, if no flow had more, would leave so many records in all. */
  private static double evenRate(List<EventFlow> flows, double affordable) {
    double[] rates = flows.stream().mapToDouble(EventFlow::rate).sorted().toArray();
    double left = affordable;
    for (int i = 0; i < rates.length; i++) {
      double even = left / (rates.length - i);
      if (rates[i] > even) {
        return even;
      }
      left -= rates[i];
    }
    return Double.MAX_VALUE;
  }

  private void lower(double share) {
    for (EventFlow flow : flows) {
      if (flow.floorNs() > 0) {
        long half = flow.floorNs() / 2;
        set(flow, half > flow.thresholdNs() ? half : 0, share);
      }
    }
  }

  private void set(EventFlow flow, long floorNs, double share) {
    flow.floor(floorNs);
    BudgetExceeded event = new BudgetExceeded();
    event.share = (float) share;
    event.budget = (float) budget;
    event.floor = floorNs;
    event.eventType = flow.eventName();
    event.commit();
  }

  /**
   * The share that a text means: {@code 1%}, {@code 0.5%} or {@code off}; "" is the default.
   *
   * @throws IllegalArgumentException if it means none, with a sentence
   */
  public static double parse(String text) {
    if (text.isEmpty()) {
      return 0.01;
    }
    if (text.equals("off")) {
      return 0;
    }
    try {
      double percent = Double.parseDouble(text.replaceFirst("\\s*%$", ""));
      if (text.endsWith("%") && percent > 0 && percent <= 100) {
        return percent / 100;
      }
    } catch (NumberFormatException e) {
      // reported below, as any other
    }
    throw new IllegalArgumentException(
        "budget '" + text + "' is neither off nor a share of one CPU such as 1%");
  }
}
