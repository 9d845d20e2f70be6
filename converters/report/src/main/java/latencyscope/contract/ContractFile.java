package latencyscope.contract;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import latencyscope.contract.Contract.Clause;
import latencyscope.contract.Contract.Exemption;
import latencyscope.contract.Contract.Glob;
import latencyscope.contract.Contract.HostClause;
import latencyscope.contract.Contract.ThreadRule;
import latencyscope.proc.CpuSet;

/** Reads contracts; {@code docs/contract.schema.json} describes the same for editors. */
public final class ContractFile {
  private static final Duration DEFAULT_DURATION = Duration.ofSeconds(10);
  private static final Duration DEFAULT_MINIMUM = Duration.ofSeconds(1);
  private static final Pattern PERCENTILE = Pattern.compile("p(\\d{1,2}(?:\\.\\d{1,5})?)");
  private static final String A_TIME = "a time such as 50us";
  private static final String SOME_CPUS = "CPUs such as 2-3 or 4,6";

  private ContractFile() {}

  /**
   * Reads a file.
   *
   * @throws ContractException if it cannot be read or is no contract
   */
  public static Contract read(Path file) throws ContractException {
    try {
      return parse(file.toString(), Files.readString(file));
    } catch (CharacterCodingException e) {
      throw new ContractException(file + ": not UTF-8 text", e);
    } catch (IOException e) {
      String why = Files.exists(file) ? "cannot be read" : "does not exist";
      throw new ContractException(file + " " + why, e);
    }
  }

  /**
   * Reads the content of a file.
   *
   * @param file its name, for messages
   */
  public static Contract parse(String file, String content) throws ContractException {
    Yaml root = Yaml.parse(file, content, "the contract is empty; it begins with: version: 1");
    Map<String, Yaml> map =
        root.map(
            "a contract, which begins with version: 1",
            keys(
                "version",
                "environment",
                "duration",
                "minimum_time",
                "threads",
                "host",
                "exceptions"));
    Yaml version = map.get("version");
    if (version == null || !version.text("1").equals("1")) {
      throw (version == null ? root : version).error("this version reads version: 1 only");
    }
    List<ThreadRule> threads = new ArrayList<>();
    for (Yaml rule : list(map.get("threads"))) {
      threads.add(threadRule(rule));
    }
    List<HostClause> host = map.containsKey("host") ? host(map.get("host")) : List.of();
    if (threads.isEmpty() && host.isEmpty()) {
      throw root.error("no clause: write threads: or host:");
    }
    List<Exemption> exceptions = new ArrayList<>();
    for (Yaml exemption : list(map.get("exceptions"))) {
      exceptions.add(exemption(exemption));
    }
    return new Contract(
        file,
        environment(map.get("environment")),
        duration(map.get("duration"), DEFAULT_DURATION),
        duration(map.get("minimum_time"), DEFAULT_MINIMUM),
        threads,
        host,
        exceptions);
  }

  private static Set<String> keys(String... keys) {
    return new LinkedHashSet<>(List.of(keys));
  }

  private static List<Yaml> list(Yaml value) {
    return value == null ? List.of() : value.list();
  }

  private static Environment environment(Yaml value) throws ContractException {
    if (value == null) {
      return Environment.AUTO;
    }
    String word = value.text("an environment such as dedicated or shared");
    return Environment.of(word)
        .orElseThrow(() -> value.error("'" + word + "' is unknown; known: " + Environment.keys()));
  }

  private static Duration duration(Yaml value, Duration otherwise) throws ContractException {
    return value == null ? otherwise : Duration.ofNanos(time(value));
  }

  private static long time(Yaml value) throws ContractException {
    String text = value.text(A_TIME);
    OptionalLong ns = Quantity.time(text);
    if (ns.isEmpty()) {
      throw value.error("'" + text + "' is no time; write a number and ns, us, ms, s or m");
    }
    return ns.getAsLong();
  }

  private static CpuSet cpus(Yaml value) throws ContractException {
    String text = value.text(SOME_CPUS);
    try {
      CpuSet cpus = CpuSet.parse(text);
      if (!cpus.isEmpty()) {
        return cpus;
      }
    } catch (IllegalArgumentException e) {
      throw value.error(e.getMessage() + "; write " + SOME_CPUS);
    }
    throw value.error("'" + text + "' are no CPUs; write " + SOME_CPUS);
  }

  private static ThreadRule threadRule(Yaml value) throws ContractException {
    Map<String, Yaml> map =
        value.map("a rule with name: and limits:", keys("name", "cpus", "policy", "limits"));
    if (!map.containsKey("name")) {
      throw value.error("name is missing; write name: \"feed-*\"");
    }
    Yaml cpus = map.get("cpus");
    Yaml policy = map.get("policy");
    List<Clause> clauses = new ArrayList<>();
    if (map.containsKey("limits")) {
      Map<String, Yaml> limits = map.get("limits").map("limits such as preemptions: {max: 0}");
      for (Map.Entry<String, Yaml> limit : limits.entrySet()) {
        Measure measure =
            Measure.of(limit.getKey())
                .orElseThrow(() -> limit.getValue().error("unknown; known: " + Measure.keys()));
        addClauses(measure, limit.getValue(), clauses);
      }
    }
    if (cpus == null && policy == null && clauses.isEmpty()) {
      throw value.error("the rule has no clause; add cpus:, policy: or limits:");
    }
    return new ThreadRule(
        new Glob(map.get("name").text("a thread name such as \"feed-*\"")),
        value.line(),
        cpus == null ? CpuSet.EMPTY : cpus(cpus),
        cpus == null ? 0 : cpus.line(),
        policy == null ? null : policy(policy),
        policy == null ? 0 : policy.line(),
        clauses);
  }

  private static Policy policy(Yaml value) throws ContractException {
    String word = value.text("a policy such as fifo");
    return Policy.of(word)
        .orElseThrow(() -> value.error("'" + word + "' is unknown; known: " + Policy.words()));
  }

  private static void addClauses(Measure measure, Yaml value, List<Clause> clauses)
      throws ContractException {
    if (!value.isMap()) {
      clauses.add(new Clause(measure, max(measure, value), value.line()));
      return;
    }
    Map<String, Yaml> map = value.map("bounds");
    Yaml least = map.remove("samples");
    long samples = least == null ? 0 : count(least);
    if (map.isEmpty()) {
      throw value.error("no bound; write max:, rate: or a percentile such as p99.9:");
    }
    for (Map.Entry<String, Yaml> bound : map.entrySet()) {
      Yaml of = bound.getValue();
      clauses.add(new Clause(measure, bound(measure, bound.getKey(), of, samples), of.line()));
    }
  }

  private static Bound bound(Measure measure, String key, Yaml value, long samples)
      throws ContractException {
    Matcher percentile = PERCENTILE.matcher(key);
    if (key.equals("max")) {
      return max(measure, value);
    } else if (key.equals("rate")) {
      return rate(measure, value);
    } else if (percentile.matches()) {
      requireTimed(measure, value);
      double percent = Double.parseDouble(percentile.group(1));
      if (percent > 0) {
        return new Bound.Percentile(percent, time(value), samples);
      }
    }
    throw value.error("no bound; write max:, rate: or a percentile such as p99.9:");
  }

  private static Bound max(Measure measure, Yaml value) throws ContractException {
    String text = value.text("a bound such as max: 0 or max: 50us");
    OptionalLong count = Quantity.count(text);
    if (count.isPresent()) {
      return new Bound.Most(count.getAsLong());
    }
    requireTimed(measure, value);
    return new Bound.Longest(time(value));
  }

  private static Bound rate(Measure measure, Yaml value) throws ContractException {
    String text = value.text("a rate such as 3/s");
    OptionalDouble rate = Quantity.rate(text);
    if (rate.isPresent()) {
      return new Bound.Rate(rate.getAsDouble());
    }
    OptionalDouble share = Quantity.share(text);
    if (share.isEmpty()) {
      throw value.error("'" + text + "' is no rate; write 3/s, 10/m or 20us/s");
    }
    requireTimed(measure, value);
    return new Bound.Share(share.getAsDouble());
  }

  private static void requireTimed(Measure measure, Yaml value) throws ContractException {
    if (!measure.isTimed()) {
      throw value.error("a " + measure.noun() + " has no length; write max: 0 or rate: 3/s");
    }
  }

  private static long count(Yaml value) throws ContractException {
    String text = value.text("a number such as 1000");
    OptionalLong count = Quantity.count(text);
    if (count.isEmpty()) {
      throw value.error("'" + text + "' is no number of samples; write 1000");
    }
    return count.getAsLong();
  }

  private static List<HostClause> host(Yaml value) throws ContractException {
    List<HostClause> clauses = new ArrayList<>();
    Map<String, Yaml> map = value.map("expectations such as governor: performance");
    for (Map.Entry<String, Yaml> entry : map.entrySet()) {
      Yaml of = entry.getValue();
      HostRule rule =
          HostRule.of(entry.getKey())
              .orElseThrow(() -> of.error("unknown; known: " + HostRule.keys()));
      clauses.add(
          switch (rule.type()) {
            case CPUS -> new HostClause(rule, List.of(of.text(SOME_CPUS)), cpus(of), 0, of.line());
            case TIME ->
                new HostClause(rule, List.of(of.text(A_TIME)), CpuSet.EMPTY, time(of), of.line());
            case WORD -> new HostClause(rule, words(rule, of), CpuSet.EMPTY, 0, of.line());
          });
    }
    return clauses;
  }

  private static List<String> words(HostRule rule, Yaml value) throws ContractException {
    List<String> words = new ArrayList<>();
    for (Yaml one : value.list()) {
      String word = one.text("a word");
      if (!rule.words().isEmpty() && !rule.words().contains(word)) {
        throw one.error("'" + word + "' is unknown; known: " + String.join(", ", rule.words()));
      }
      words.add(word);
    }
    return words;
  }

  private static Exemption exemption(Yaml value) throws ContractException {
    Map<String, Yaml> map =
        value.map(
            "an exception with clause:, reason: and until:",
            keys("threads", "clause", "reason", "until"));
    for (String key : List.of("clause", "reason", "until")) {
      if (!map.containsKey(key)) {
        throw value.error("an exception needs clause:, reason: and until:; " + key + " is missing");
      }
    }
    Yaml clause = map.get("clause");
    String key = clause.text("a limit such as minor_faults");
    boolean ofHost = HostRule.of(key).isPresent();
    if (!ofHost && Measure.of(key).isEmpty() && !List.of("cpus", "policy").contains(key)) {
      throw clause.error(
          "'"
              + key
              + "' is unknown; known: cpus, policy, "
              + Measure.keys()
              + ", "
              + HostRule.keys());
    }
    String names = map.containsKey("threads") ? map.get("threads").text("a thread name") : "*";
    return new Exemption(
        ofHost ? null : new Glob(names),
        key,
        map.get("reason").text("the reason"),
        date(map.get("until")),
        value.line());
  }

  private static LocalDate date(Yaml value) throws ContractException {
    String text = value.text("a date such as 2027-03-31");
    try {
      return LocalDate.parse(text);
    } catch (DateTimeParseException e) {
      throw value.error("'" + text + "' is no date; write it like 2027-03-31");
    }
  }
}
