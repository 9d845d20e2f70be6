package latencyscope.contract.check;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import latencyscope.analysis.Report;
import latencyscope.contract.Contract;
import latencyscope.contract.Contract.Clause;
import latencyscope.contract.Contract.Exemption;
import latencyscope.contract.Contract.ThreadRule;
import latencyscope.contract.Outcome;
import latencyscope.contract.Policy;
import latencyscope.proc.CpuSet;
import latencyscope.recording.Recording;
import latencyscope.recording.thread.ThreadId;

/** Checks a contract against a recording. */
public final class Checker {
  private final Contract contract;
  private final LocalDate today;
  private final Recording recording;
  private final Noise noise;
  private final ThreadSettings settings;
  private final Facts facts;
  private final ThreadCheck threads;

  /**
   * Prepares a check.
   *
   * @param noise has seen the events of the recording
   * @param settings of the target's threads, if it lives
   * @param today decides which exceptions have expired
   */
  public Checker(
      Contract contract, Report report, Noise noise, ThreadSettings settings, LocalDate today) {
    this.contract = contract;
    this.today = today;
    this.noise = noise;
    this.settings = settings;
    recording = report.recording();
    facts = new Facts(recording, noise, settings);
    Excuses excuses = new Excuses(recording, noise, settings, contract.environment());
    threads = new ThreadCheck(contract, report, facts, excuses, noise);
  }

  /** Checks all clauses. */
  public CheckResult result() {
    List<ClauseResult> results = new ArrayList<>();
    for (ThreadRule rule : contract.threads()) {
      List<ThreadId> matching = facts.threads(rule.names());
      if (!rule.cpus().isEmpty()) {
        String wanted = rule.cpus().toString();
        results.add(worst(rule, matching, "cpus", wanted, rule.cpusLine(), t -> cpus(rule, t)));
      }
      if (rule.policy() != null) {
        String wanted = rule.policy().word();
        results.add(
            worst(rule, matching, "policy", wanted, rule.policyLine(), t -> policy(rule, t)));
      }
      for (Clause clause : rule.clauses()) {
        results.add(
            worst(
                rule,
                clause.measure().isOfProcess() ? ofProcess(matching) : matching,
                clause.measure().key(),
                clause.bound().words(),
                clause.line(),
                thread -> threads.check(rule, clause, thread)));
      }
    }
    HostCheck host = new HostCheck(recording);
    contract.host().forEach(clause -> results.add(excepted(host.check(clause), null)));
    return new CheckResult(contract, results, target(), recording.capture().duration());
  }

  /** The threads of the target that a rule is about. */
  public List<ThreadId> threads(ThreadRule rule) {
    return facts.threads(rule.names());
  }

  // A process has its drops and safepoints once, whichever of its threads there are.
  private static List<ThreadId> ofProcess(List<ThreadId> matching) {
    return List.of(matching.isEmpty() ? new ThreadId(0, "", 0) : matching.get(0));
  }

  private String target() {
    String command = recording.capture().targetCommand();
    long pid = recording.capture().targetPid();
    return pid <= 0 ? "every process" : "pid " + pid + (command == null ? "" : ", " + command);
  }

  private ClauseResult worst(
      ThreadRule rule,
      List<ThreadId> matching,
      String key,
      String wanted,
      int line,
      Function<ThreadId, ClauseResult> check) {
    if (matching.isEmpty()) {
      return ThreadCheck.nobody(rule, key, wanted, line).get(0);
    }
    return ClauseResult.worst(
        matching.stream().map(thread -> excepted(check.apply(thread), thread)).toList());
  }

  private ClauseResult excepted(ClauseResult result, ThreadId thread) {
    if (result.outcome() != Outcome.VIOLATED) {
      return result;
    }
    for (Exemption exemption : contract.exceptions()) {
      boolean names =
          thread == null
              ? exemption.names() == null
              : exemption.names() != null && exemption.names().matches(thread.name());
      if (names && exemption.key().equals(result.key())) {
        return exemption.until().isBefore(today)
            ? result.as(
                Outcome.VIOLATED,
                result.evidence()
                    + "; the exception of line "
                    + exemption.line()
                    + " expired on "
                    + exemption.until())
            : result.as(
                Outcome.EXCEPTED,
                result.evidence()
                    + "; allowed until "
                    + exemption.until()
                    + ": "
                    + exemption.reason());
      }
    }
    return result;
  }

  private ClauseResult cpus(ThreadRule rule, ThreadId thread) {
    ThreadSettings.Setting setting = settings.of(thread.osTid());
    CpuSet allowed = setting == null ? recording.tasks().allowed(thread) : setting.allowed();
    String wanted = rule.cpus().toString();
    if (allowed.isEmpty()) {
      return result(
          rule,
          "cpus",
          wanted,
          null,
          Outcome.INCONCLUSIVE,
          who(thread) + ": the recording does not say where it may run",
          null,
          rule.cpusLine());
    }
    boolean kept = rule.cpus().containsAll(allowed);
    return result(
        rule,
        "cpus",
        wanted,
        allowed.toString(),
        kept ? Outcome.PASSED : Outcome.VIOLATED,
        who(thread) + " may run on " + HostCheck.words(allowed),
        kept ? null : "Pin the thread:\n  taskset -pc " + rule.cpus() + " " + thread.osTid(),
        rule.cpusLine());
  }

  private ClauseResult policy(ThreadRule rule, ThreadId thread) {
    ThreadSettings.Setting setting = settings.of(thread.osTid());
    Policy policy = setting == null ? null : setting.policy();
    Long priority = noise.priority(thread);
    String wanted = rule.policy().word();
    if (policy == null && (priority == null || rule.policy().fits(priority))) {
      return result(
          rule,
          "policy",
          wanted,
          null,
          Outcome.INCONCLUSIVE,
          who(thread) + ": recordings do not hold the policy; check the living process with --pid",
          null,
          rule.policyLine());
    }
    boolean kept = policy == rule.policy();
    return result(
        rule,
        "policy",
        wanted,
        policy == null ? "priority " + priority : policy.word(),
        kept ? Outcome.PASSED : Outcome.VIOLATED,
        who(thread)
            + (policy == null
                ? " ran with kernel priority " + priority
                : " has policy " + policy.word()),
        kept ? null : "Set it:\n  " + chrt(rule.policy()) + " " + thread.osTid(),
        rule.policyLine());
  }

  private static String chrt(Policy policy) {
    return switch (policy) {
      case FIFO -> "chrt -f -p 1";
      case RR -> "chrt -r -p 1";
      case DEADLINE -> "chrt -d --sched-period PERIOD_NS --sched-runtime RUNTIME_NS -p 0";
      default -> "chrt --" + policy.word() + " -p 0";
    };
  }

  private static String who(ThreadId thread) {
    return thread.name() + " (" + thread.osTid() + ")";
  }

  private static ClauseResult result(
      ThreadRule rule,
      String key,
      String wanted,
      String measured,
      Outcome outcome,
      String evidence,
      String remedy,
      int line) {
    return new ClauseResult(
        rule.names().text(), key, wanted, measured, outcome, evidence, remedy, line);
  }
}
