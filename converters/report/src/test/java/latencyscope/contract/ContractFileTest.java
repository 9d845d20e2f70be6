package latencyscope.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import latencyscope.contract.Contract.Clause;
import latencyscope.contract.Contract.ThreadRule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What contracts are understood as, and what is said of those that are not. */
class ContractFileTest {
  private static final Path DOCS = Path.of("..", "..", "docs");
  private static final String HEAD = "version: 1\nthreads:\n- name: feed\n  limits:\n";

  private static Contract parse(String text) throws ContractException {
    return ContractFile.parse("x.yml", text);
  }

  private static JsonSchema schema() throws IOException {
    String text = Files.readString(DOCS.resolve("contract.schema.json"));
    return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(text);
  }

  private static boolean fitsSchema(String yaml) throws IOException {
    return schema().validate(yaml, InputFormat.YAML).isEmpty();
  }

  /** The contract that the documentation shows. */
  private static String documented() throws IOException {
    String page = Files.readString(DOCS.resolve("contract.md"));
    Matcher block = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL).matcher(page);
    assertTrue(block.find(), "docs/contract.md shows a contract");
    return block.group(1);
  }

  @Test
  void documentedContractIsReadAndFitsTheSchema() throws Exception {
    Contract contract = parse(documented());
    assertTrue(fitsSchema(documented()));
    Set<Measure> used =
        contract.threads().stream()
            .flatMap(rule -> rule.clauses().stream())
            .map(Clause::measure)
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(Set.of(Measure.values()), used, "it shows every limit");
    assertEquals(HostRule.values().length, contract.host().size(), "and every expectation");
    assertFalse(contract.exceptions().isEmpty());
  }

  @Test
  void schemaKnowsTheSameKeys() throws Exception {
    var schema = new ObjectMapper().readTree(DOCS.resolve("contract.schema.json").toFile());
    Set<String> limits = new TreeSet<>();
    schema
        .at("/$defs/rule/properties/limits/properties")
        .fieldNames()
        .forEachRemaining(limits::add);
    assertEquals(Stream.of(Measure.values()).map(Measure::key).collect(Collectors.toSet()), limits);
    for (Measure measure : Measure.values()) {
      String type =
          schema.at("/$defs/rule/properties/limits/properties/" + measure.key() + "/$ref").asText();
      assertEquals(measure.isTimed() ? "#/$defs/timed" : "#/$defs/counted", type, measure.key());
    }
    Set<String> host = new TreeSet<>();
    schema.at("/$defs/host/properties").fieldNames().forEachRemaining(host::add);
    assertEquals(Stream.of(HostRule.values()).map(HostRule::key).collect(Collectors.toSet()), host);
  }

  @Test
  void everyFormOfABoundIsUnderstood() throws Exception {
    Contract contract =
        parse(
            HEAD
                + "    runqueue_wait: {max: 50us, p99.9: 1.5 ms, rate: 30/m, samples: 1_000}\n"
                + "    stolen_time: {rate: 20us/s}\n"
                + "    major_faults: 0\n"
                + "    sleeps: 1s\n"
                + "    migrations: {max: 2}\n");
    assertEquals(
        List.of(
            new Bound.Longest(50_000),
            new Bound.Percentile(99.9, 1_500_000, 1_000),
            new Bound.Rate(0.5),
            new Bound.Share(20_000),
            new Bound.Most(0),
            new Bound.Longest(1_000_000_000),
            new Bound.Most(2)),
        contract.threads().get(0).clauses().stream().map(Clause::bound).toList());
    assertEquals(Duration.ofSeconds(10), contract.duration());
    assertEquals(Environment.AUTO, contract.environment());
    assertEquals(List.of("isolation", "irq", "memory", "syscall"), List.copyOf(contract.modules()));
  }

  @Test
  void clausesKnowTheirLines() throws Exception {
    ThreadRule rule =
        parse(
                "version: 1\nthreads:\n- name: a\n  cpus: 2-3\n  limits:\n    sleeps:\n      max: 0\n")
            .threads()
            .get(0);
    assertEquals(4, rule.cpusLine());
    assertEquals(7, rule.clauses().get(0).line());
  }

  @ParameterizedTest
  @CsvSource({
    "feed-*, feed-1, true",
    "feed-*, feeder, false",
    "a?c, abc, true",
    "a.c, abc, false",
    "*, anything, true"
  })
  void namesArePatterns(String glob, String name, boolean fits) {
    assertEquals(fits, new Contract.Glob(glob).matches(name));
  }

  // Each is wrong at the given line, and the message says what would be right.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|1|begins with: version: 1",
        "version: 2|1|version: 1 only",
        "threads: []|1|version: 1 only",
        "version: 1|1|write threads: or host:",
        "version: 1\\nthread: []|2|known: version",
        "version: 1\\nthreads:\\n- cpus: 1|3|write name:",
        "version: 1\\nthreads:\\n- name: a|3|add cpus:, policy: or limits:",
        "version: 1\\nthreads:\\n- name: a\\n  cpus: 3-1|4|write CPUs such as 2-3",
        "version: 1\\nthreads:\\n- name: a\\n  policy: fast|4|known: other, fifo",
        "HEAD    naps: 0|5|known: runqueue_wait",
        "HEAD    sleeps: often|5|write a number and ns, us",
        "HEAD    sleeps: {}|5|write max:",
        "HEAD    sleeps: {p100: 1us}|5|such as p99.9",
        "HEAD    sleeps: {rate: fast}|5|write 3/s",
        "HEAD    sleeps: {max: 0, samples: x, p50: 1s}|5|write 1000",
        "HEAD    migrations: {max: 5us}|5|has no length",
        "HEAD    drops: {p99: 5us}|5|has no length",
        "HEAD    sleeps: [0]|5|expected a bound",
        "version: 1\\nhost:\\n  thp: sometimes|3|known: always",
        "version: 1\\nhost:\\n  turbo: on|3|known: isolcpus",
        "version: 1\\nhost: {isolcpus: none}|2|write CPUs such as",
        "version: 1\\nhost: {thp: never}\\nexceptions:\\n- clause: thp|4|reason is missing",
        "version: 1\\nhost: {thp: never}\\nexceptions:\\n"
            + "- {clause: x, reason: r, until: 2027-01-01}|4|known: cpus",
        "version: 1\\nhost: {thp: never}\\nexceptions:\\n"
            + "- {clause: thp, reason: r, until: soon}|4|write it like 2027-03-31",
        "version: 1\\nenvironment: mine\\nhost: {thp: never}|2|known: dedicated, shared, auto",
        "version: 1\\nduration: 10\\nhost: {thp: never}|2|ns, us, ms, s or m",
        "version: 1\\nhost: {thp: never\\n|3|not YAML",
        "version: 1\\nhost: {thp: never, thp: always}|2|thp",
      })
  void mistakesAreNamedWithTheirLine(String text, int line, String right) {
    String yaml = text.replace("\\n", "\n").replace("HEAD", HEAD);
    String message = assertThrows(ContractException.class, () -> parse(yaml)).getMessage();
    assertTrue(message.startsWith("x.yml:" + line + ": "), message);
    assertTrue(message.contains(right), message);
  }

  @Test
  void schemaRefusesMistakes() throws Exception {
    for (String wrong :
        List.of(
            HEAD + "    naps: 0\n",
            HEAD + "    migrations: {max: 5us}\n",
            HEAD + "    sleeps: {rate: fast}\n",
            "version: 2\nhost: {thp: never}\n",
            "version: 1\nhost: {thp: sometimes}\n",
            "version: 1\n")) {
      assertFalse(fitsSchema(wrong), wrong);
    }
  }

  @Test
  void missingFileIsNamed() {
    String message =
        assertThrows(ContractException.class, () -> ContractFile.read(Path.of("nowhere.yml")))
            .getMessage();
    assertEquals("nowhere.yml does not exist", message);
  }
}
