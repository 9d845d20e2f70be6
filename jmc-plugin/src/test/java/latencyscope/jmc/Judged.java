package latencyscope.jmc;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import latencyscope.analysis.finding.Finding;
import org.openjdk.jmc.common.item.IItemCollection;
import org.openjdk.jmc.flightrecorder.CouldNotLoadRecordingException;
import org.openjdk.jmc.flightrecorder.JfrLoaderToolkit;
import org.openjdk.jmc.flightrecorder.rules.IResult;
import org.openjdk.jmc.flightrecorder.rules.IRule;
import org.openjdk.jmc.flightrecorder.rules.RuleRegistry;
import org.openjdk.jmc.flightrecorder.rules.util.RulesToolkit;

/** What Mission Control's rules say of a recording, in words that JSON has, too. */
record Judged(IItemCollection items, Map<String, IResult> results) {
  /** Loads and judges as Mission Control's own report does. */
  static Judged of(Path recording)
      throws IOException, CouldNotLoadRecordingException, InterruptedException, ExecutionException {
    IItemCollection items = JfrLoaderToolkit.loadEvents(recording.toFile());
    Map<String, IResult> results = new TreeMap<>();
    for (Map.Entry<IRule, Future<IResult>> entry :
        RulesToolkit.evaluateParallel(RuleRegistry.getRules(), items, null, 0).entrySet()) {
      if (entry.getKey() instanceof KernelRule) {
        results.put(entry.getKey().getId(), entry.getValue().get());
      }
    }
    return new Judged(items, results);
  }

  IResult result(String module) {
    return results.get("latencyscope." + module);
  }

  /** Probes are told in the order of their events, which Mission Control does not keep. */
  private static final Comparator<Map<String, String>> BY_WORDS =
      Comparator.comparing(Map::toString);

  /** The findings of all rules, by module. */
  Map<String, List<Map<String, String>>> findings() {
    Map<String, List<Map<String, String>>> findings = new TreeMap<>();
    results.forEach((id, result) -> {
      List<Map<String, String>> ofModule =
          result.getResult(KernelRule.FINDINGS).stream()
              .map(Judged::words)
              .sorted(BY_WORDS)
              .toList();
      if (!ofModule.isEmpty()) {
        findings.put(id.substring(id.indexOf('.') + 1), ofModule);
      }
    });
    return findings;
  }

  /** The same of a report as JSON. */
  static Map<String, List<Map<String, String>>> findings(JsonNode report) {
    List<Map<String, String>> all = new ArrayList<>();
    for (JsonNode finding : report.get("findings")) {
      Map<String, String> words = new LinkedHashMap<>();
      for (String key : KEYS) {
        JsonNode value = finding.get(key);
        words.put(key, value == null || value.isNull() ? "" : value.asText());
      }
      all.add(words);
    }
    return all.stream()
        .sorted(BY_WORDS)
        .collect(
            Collectors.groupingBy(words -> words.get("module"), TreeMap::new, Collectors.toList()));
  }

  private static final List<String> KEYS =
      List.of(
          "module",
          "severity",
          "title",
          "thread",
          "os_tid",
          "culprit",
          "count",
          "total_ns",
          "worst_ns",
          "at",
          "evidence",
          "remedy");

  private static Map<String, String> words(KernelFinding kernelFinding) {
    Finding finding = kernelFinding.finding();
    boolean ofThread = finding.thread() != null;
    Object[] values = {
      finding.module(),
      finding.severity(),
      finding.title(),
      ofThread ? finding.thread().name() : null,
      ofThread ? finding.thread().osTid() : null,
      finding.culpritInWords(),
      finding.count(),
      finding.totalNs(),
      finding.worstNs(),
      finding.at() == null ? null : Instant.EPOCH.plusNanos(finding.at()).toString(),
      finding.evidence(),
      finding.remedy()
    };
    Map<String, String> words = new LinkedHashMap<>();
    for (int i = 0; i < values.length; i++) {
      words.put(KEYS.get(i), Objects.toString(values[i], ""));
    }
    return words;
  }
}
