package latencyscope.truth;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import latencyscope.jfr.Schema;
import latencyscope.truth.KernelCheck.Agreement;
import org.junit.jupiter.api.Test;

/**
 * Compares what the guests of {@code ./verify-kernels} have brought back with their kernels' own
 * accounts, and writes the page on kernels. Fails if something does not agree, or if a probe is
 * missing on a kernel that is new enough for it.
 *
 * <p>Not run with the other tests: that command names it.
 */
class KernelMatrix {
  private static final String BEGIN = "<!-- written by ./verify-kernels: from here -->";
  private static final String END = "<!-- to here -->";
  private static final Path FOLDER = Path.of("target", "kernels");

  /** One guest's outcome. */
  private record Guest(
      String name,
      String scenario,
      String release,
      String build,
      KernelTable probes,
      List<Agreement> agreements) {}

  private final List<String> failures = new ArrayList<>();

  @Test
  void guestsAgreeWithTheirKernels() throws Exception {
    List<Guest> guests = new ArrayList<>();
    for (String name : System.getProperty("latencyscope.guests").split(",")) {
      guests.add(guest(FOLDER.resolve(name)));
    }
    String text = page(guests);
    System.out.println(text);
    Path page = Path.of(System.getProperty("latencyscope.page"));
    String whole = Files.readString(page);
    int from = whole.indexOf(BEGIN) + BEGIN.length();
    Files.writeString(
        page,
        whole.substring(0, from) + "\n\n" + text + "\n" + whole.substring(whole.indexOf(END)));
    assertEquals(List.of(), failures);
  }

  private Guest guest(Path folder) throws Exception {
    String name = folder.getFileName().toString();
    List<String> kernel = Files.readAllLines(folder.resolve("kernel.txt"));
    String scenario = Files.readString(folder.resolve("scenario")).strip();
    List<Agreement> agreements = new ArrayList<>();
    KernelTable probes = null;
    int code = Integer.parseInt(Files.readString(folder.resolve(".code")).strip());
    if (scenario.equals("refused")) {
      OurAccount ours = OurAccount.read(folder.resolve("end.jfr"));
      probes = new KernelTable(kernel.get(0), kernel.get(1), ours);
      String line = Files.readString(folder.resolve("stderr.txt")).strip();
      boolean told = probes.refused != null && probes.refused.contains("PREEMPT_RT");
      add(
          agreements,
          "refused with a sentence",
          told && line.contains(probes.refused),
          probes.refused);
      add(
          agreements,
          "one line on standard error",
          line.lines().count() == 1,
          line.lines().count() + "");
    } else if (Files.exists(folder.resolve("vmstat.after"))) {
      agreements.addAll(NumaCheck.of(folder));
    } else if (Files.exists(folder.resolve("end.jfr"))) {
      probes =
          new KernelTable(kernel.get(0), kernel.get(1), OurAccount.read(folder.resolve("end.jfr")));
      String errors = Files.readString(folder.resolve("stderr.txt")).strip();
      add(
          agreements,
          "nothing on standard error",
          errors.isEmpty(),
          errors.isEmpty() ? "nothing" : errors);
      agreements.addAll(KernelCheck.of(folder));
    }
    agreements.addAll(watched(folder));
    if (!scenario.equals("refused")) {
      add(agreements, "exit code", code == 0, String.valueOf(code));
    }
    for (Agreement agreement : agreements) {
      if (!agreement.agrees()) {
        failures.add(name + ": " + agreement.measure() + ": " + agreement.figures());
      }
    }
    return new Guest(name, scenario, kernel.get(0), kernel.get(1), probes, agreements);
  }

  private static void add(List<Agreement> to, String measure, boolean agrees, String figures) {
    to.add(new Agreement("agent", measure, agrees, figures));
  }

  /** What the command line said of a process, against what that process's own counts rose by. */
  private static List<Agreement> watched(Path folder) throws IOException {
    List<Agreement> agreements = new ArrayList<>();
    for (String name : List.of("alone", "disturbed", "throttled")) {
      if (!Files.exists(folder.resolve(name + ".json"))) {
        continue;
      }
      JsonNode report = new ObjectMapper().readTree(folder.resolve(name + ".json").toFile());
      int code = Integer.parseInt(Files.readString(folder.resolve(name + ".code")).strip());
      long rise = nonvoluntary(folder, name + ".after") - nonvoluntary(folder, name + ".before");
      long ours = report.at("/isolation/involuntary_switches").asLong(-1);
      add(
          agreements,
          name + ": involuntary switches",
          ours >= 0 && ours <= rise,
          ours + " of " + rise + " around the capture");
      if (name.equals("throttled")) {
        continue;
      }
      int expected = ours > 0 ? 2 : 0;
      add(
          agreements,
          name + ": exit code for " + ours + " of them",
          code == expected,
          String.valueOf(code));
      String isolated = report.at("/host/isolated_cpus").toString();
      add(agreements, name + ": isolated CPUs", isolated.contains("1"), isolated);
    }
    return agreements;
  }

  private static long nonvoluntary(Path folder, String file) throws IOException {
    return Files.readAllLines(folder.resolve(file)).stream()
        .filter(line -> line.startsWith("nonvoluntary"))
        .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(':') + 1).strip()))
        .findFirst()
        .orElseThrow();
  }

  private String page(List<Guest> guests) throws Exception {
    StringBuilder page = new StringBuilder();
    page.append(
        "## Guests\n\n| guest | kernel | build | comparisons that agree |\n|---|---|---|---|\n");
    for (Guest guest : guests) {
      long agree = guest.agreements.stream().filter(Agreement::agrees).count();
      page.append(
          "| %s | %s | %s | %d of %d |\n"
              .formatted(guest.name, guest.release, guest.build, agree, guest.agreements.size()));
    }
    probes(page, guests.stream().filter(guest -> guest.probes != null).toList());
    for (Guest guest : guests) {
      page.append("\n### ")
          .append(guest.name)
          .append("\n\n| module | measure | ours | |\n|---|---|---|---|\n");
      for (Agreement one : guest.agreements) {
        page.append(
            "| %s | %s | %s | %s |\n"
                .formatted(
                    one.module(),
                    one.measure(),
                    one.figures(),
                    one.agrees() ? "agrees" : "**differs**"));
      }
    }
    return page.toString();
  }

  private void probes(StringBuilder page, List<Guest> guests) throws Exception {
    Set<String> notes = new LinkedHashSet<>();
    page.append("\n## Probes\n\n| module | probe |");
    guests.forEach(guest -> page.append(" ").append(guest.name).append(" |"));
    page.append("\n|---|---|").append("---|".repeat(guests.size())).append("\n");
    for (Map.Entry<String, List<String>> row : KernelTable.rows(Schema.modules()).entrySet()) {
      String[] words = row.getKey().split(" ");
      page.append("| ").append(words[0]).append(" | `").append(words[1]).append("` |");
      for (Guest guest : guests) {
        KernelTable.Cell cell = guest.probes.cell(row.getKey(), row.getValue());
        if (cell.missing()) {
          failures.add(guest.name + ": " + row.getKey() + ": " + cell.text());
        }
        page.append(" ").append(shortened(cell, notes)).append(" |");
      }
      page.append("\n");
    }
    page.append("\n");
    notes.forEach(note -> page.append("- ").append(note).append("\n"));
  }

  /** Reasons are sentences: they stand below the table, numbered. */
  private static String shortened(KernelTable.Cell cell, Set<String> notes) {
    String text = cell.text();
    if (!text.startsWith("unavailable: ") && !text.startsWith("refused: ")) {
      return cell.missing() ? "**" + text + "**" : text;
    }
    String reason = text.replaceFirst("tp_btf/\\w+", "such tracepoint");
    notes.add(reason);
    return cell.missing() ? "**" + text + "**" : "unavailable";
  }
}
