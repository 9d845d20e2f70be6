package latencyscope.contract;

import java.time.Duration;
import java.time.LocalDate;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import latencyscope.proc.CpuSet;

/**
 * What threads and the host may suffer. Immutable.
 *
 * @param file where it was read from, as the user named it
 * @param environment who uses the host, and so whose fault the noise of others is
 * @param duration how long to capture
 * @param minimumTime a shorter capture proves nothing
 * @param threads rules on threads, in the order of the file
 * @param host expectations of the host
 * @param exceptions what may be broken, why and until when
 */
public record Contract(
    String file,
    Environment environment,
    Duration duration,
    Duration minimumTime,
    List<ThreadRule> threads,
    List<HostClause> host,
    List<Exemption> exceptions) {
  /** Copies the lists. */
  public Contract {
    threads = List.copyOf(threads);
    host = List.copyOf(host);
    exceptions = List.copyOf(exceptions);
  }

  /** The modules that a capture needs to check it. */
  public Set<String> modules() {
    Set<String> modules = new LinkedHashSet<>();
    modules.add("isolation");
    threads.stream()
        .flatMap(rule -> rule.clauses().stream())
        .map(clause -> clause.measure().module())
        .filter(module -> !module.equals("jvm"))
        .forEach(modules::add);
    if (host.stream().anyMatch(clause -> clause.rule() == HostRule.IRQ_AVOID)) {
      modules.add("irq"); // which records the affinities of interrupt lines
    }
    return modules;
  }

  /** The same in another environment. */
  public Contract in(Environment other) {
    return new Contract(file, other, duration, minimumTime, threads, host, exceptions);
  }

  /** A pattern of thread names, in which {@code *} stands for any characters and ? for one. */
  public record Glob(String text) {
    /** Whether a name fits. */
    public boolean matches(String name) {
      StringBuilder expression = new StringBuilder();
      for (char c : text.toCharArray()) {
        expression.append(c == '*' ? ".*" : c == '?' ? "." : Pattern.quote("" + c));
      }
      return Pattern.compile(expression.toString(), Pattern.DOTALL).matcher(name).matches();
    }
  }

  /**
   * What some threads may suffer.
   *
   * @param names of the threads
   * @param line of the file
   * @param cpus on which alone they may run; empty if the contract does not say
   * @param cpusLine where it says so
   * @param policy their scheduling policy; null if the contract does not say
   * @param policyLine where it says so
   */
  public record ThreadRule(
      Glob names,
      int line,
      CpuSet cpus,
      int cpusLine,
      Policy policy,
      int policyLine,
      List<Clause> clauses) {
    /** Copies the list. */
    public ThreadRule {
      clauses = List.copyOf(clauses);
    }
  }

  /** One limit, with the line of the file that sets it. */
  public record Clause(Measure measure, Bound bound, int line) {}

  /**
   * One expectation of the host.
   *
   * @param words the values that are right; of a rule on CPUs one list
   * @param cpus the CPUs that it is about; empty if it is not about CPUs
   * @param ns the time that it is; 0 if it is none
   */
  public record HostClause(HostRule rule, List<String> words, CpuSet cpus, long ns, int line) {
    /** Copies the list. */
    public HostClause {
      words = List.copyOf(words);
    }
  }

  /**
   * What may be broken for a while.
   *
   * @param names of the threads; null for an expectation of the host
   * @param key of the measure or expectation, {@code cpus} or {@code policy}
   * @param until last day on which it holds
   */
  public record Exemption(Glob names, String key, String reason, LocalDate until, int line) {}
}
