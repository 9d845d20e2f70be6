package latencyscope.contract.check;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import latencyscope.contract.Contract.HostClause;
import latencyscope.contract.HostRule;
import latencyscope.contract.Outcome;
import latencyscope.proc.CpuSet;
import latencyscope.recording.Nanos;
import latencyscope.recording.Recording;
import latencyscope.recording.fact.InterruptLine;

/** Checks what a contract expects of the host against what the recording says of it. */
final class HostCheck {
  private static final Pattern EXIT = Pattern.compile("(.*), (\\d{1,9}) us to leave");
  private static final long MICRO = 1_000;

  /** Under which name the capture recorded it. */
  private static final Map<HostRule, String> FACTS =
      Map.of(
          HostRule.GOVERNOR, "governor",
          HostRule.CSTATE_EXIT, "deepest_idle_state",
          HostRule.THP, "transparent_hugepage",
          HostRule.IRQBALANCE, "irqbalance",
          HostRule.CLOCKSOURCE, "clocksource");

  private final Recording recording;

  HostCheck(Recording recording) {
    this.recording = recording;
  }

  /** CPUs in words. */
  static String words(CpuSet cpus) {
    return (cpus.size() == 1 ? "CPU " : "CPUs ") + cpus;
  }

  ClauseResult check(HostClause clause) {
    return switch (clause.rule()) {
      case ISOLCPUS -> cpus(clause, recording.host().isolated(), "isolated");
      case NOHZ_FULL -> cpus(clause, recording.host().nohzFull(), "in nohz_full");
      case IRQ_AVOID -> interrupts(clause);
      case CSTATE_EXIT -> idleExit(clause);
      default -> word(clause);
    };
  }

  private ClauseResult cpus(HostClause clause, CpuSet now, String words) {
    if (!recording.isDescribed()) {
      return unknown(clause, "the recording does not describe the host");
    }
    CpuSet missing = clause.cpus().minus(now);
    String value = now.isEmpty() ? "none" : now.toString();
    return missing.isEmpty()
        ? passed(clause, value)
        : violated(
            clause,
            value,
            words(missing) + (missing.size() == 1 ? " is" : " are") + " not " + words,
            "Add to the kernel's command line and reboot:\n  "
                + clause.rule().key()
                + "="
                + now.plus(clause.cpus()));
  }

  private ClauseResult interrupts(HostClause clause) {
    List<InterruptLine> lines = recording.interruptLines();
    if (lines.isEmpty()) {
      return unknown(clause, "the recording holds no affinity of an interrupt line (module irq)");
    }
    for (InterruptLine line : lines) {
      CpuSet cpus = line.isManaged() ? line.effective() : line.allowed();
      CpuSet hit = clause.cpus().minus(clause.cpus().minus(cpus));
      if (!hit.isEmpty()) {
        CpuSet rest = recording.host().online().minus(clause.cpus());
        String command = "echo " + rest + " > /proc/irq/" + line.irq() + "/smp_affinity_list";
        return violated(
            clause,
            "IRQ " + line.irq() + " on " + cpus,
            line.devices() + " (IRQ " + line.irq() + ") may interrupt " + words(hit),
            line.isManaged()
                ? "The kernel places this line itself: isolcpus=managed_irq," + clause.cpus()
                : rest.isEmpty() ? null : "Move the line:\n  " + command);
      }
    }
    return passed(clause, lines.size() + " lines elsewhere");
  }

  private ClauseResult idleExit(HostClause clause) {
    String fact = fact(clause);
    Matcher matcher = EXIT.matcher(fact == null ? "" : fact);
    if (!matcher.matches()) {
      return unknown(clause, absent(clause));
    }
    long ns = Long.parseLong(matcher.group(2)) * MICRO;
    String value = matcher.group(1) + ", " + Nanos.words(ns);
    return ns <= clause.ns()
        ? passed(clause, value)
        : violated(
            clause,
            value,
            "the CPUs may enter "
                + matcher.group(1)
                + ", which takes "
                + Nanos.words(ns)
                + " to leave",
            "Disable deep idle states:\n  cpupower idle-set -D " + clause.ns() / MICRO);
  }

  private ClauseResult word(HostClause clause) {
    String fact = fact(clause);
    if (fact == null) {
      return unknown(clause, absent(clause));
    }
    String value = clause.rule() == HostRule.IRQBALANCE ? balancer(fact) : fact;
    // Of CPUs that differ, a fact names each value once.
    boolean right = Arrays.stream(value.split("\\+")).allMatch(one -> clause.words().contains(one));
    return right
        ? passed(clause, value)
        : violated(clause, value, "it is " + fact, remedy(clause.rule(), clause.words().get(0)));
  }

  private static String balancer(String fact) {
    return fact.startsWith("running") ? "running" : "stopped";
  }

  private static String remedy(HostRule rule, String word) {
    return switch (rule) {
      case GOVERNOR -> "Set the governor:\n  cpupower frequency-set -g " + word;
      case THP -> "Set it:\n  echo " + word + " > /sys/kernel/mm/transparent_hugepage/enabled";
      case IRQBALANCE ->
          "Change it:\n  systemctl "
              + (word.equals("stopped") ? "disable" : "enable")
              + " --now irqbalance";
      case CLOCKSOURCE ->
          "Set it:\n  echo "
              + word
              + " > /sys/devices/system/clocksource/clocksource0/current_clocksource";
      default -> null;
    };
  }

  private String fact(HostClause clause) {
    return recording.hostFacts().get(FACTS.get(clause.rule()));
  }

  private static String absent(HostClause clause) {
    return "the recording does not say: this host has no "
        + FACTS.get(clause.rule()).replace('_', ' ')
        + ", or it was not recorded";
  }

  private static ClauseResult passed(HostClause clause, String value) {
    return result(clause, value, Outcome.PASSED, "it is " + value, null);
  }

  private static ClauseResult violated(HostClause clause, String value, String why, String remedy) {
    return result(clause, value, Outcome.VIOLATED, why, remedy);
  }

  private static ClauseResult unknown(HostClause clause, String why) {
    return result(clause, null, Outcome.INCONCLUSIVE, why, null);
  }

  private static ClauseResult result(
      HostClause clause, String value, Outcome outcome, String evidence, String remedy) {
    return new ClauseResult(
        "host",
        clause.rule().key(),
        String.join(" or ", clause.words()),
        value,
        outcome,
        evidence,
        remedy,
        clause.line());
  }
}
