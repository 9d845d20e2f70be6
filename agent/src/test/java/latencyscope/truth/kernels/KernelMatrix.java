package latencyscope.truth.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import latencyscope.jfr.Schema;
import latencyscope.truth.account.OurAccount;
import latencyscope.truth.kernels.KernelCheck.Agreement;
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
      probes = new KernelTable(kernel.get(0), kernel.get(1), configuration(folder), ours);
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
      OurAccount ours = OurAccount.read(folder.resolve("end.jfr"));
      probes = new KernelTable(kernel.get(0), kernel.get(1), configuration(folder), ours);
      String errors = Files.readString(folder.resolve("stderr.txt")).strip();
      add(
          agreements,
          "nothing on standard error",
          errors.isEmpty(),
          errors.isEmpty() ? "nothing" : errors);
      agreements.addAll(KernelCheck.of(folder));
    }
    agreements.addAll(ScenarioCheck.of(folder));
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

  /** What the kernel was built with; empty where its package does not tell. */
  private static List<String> configuration(Path folder) throws IOException {
    Path file = folder.resolve("config");
    return Files.exists(file) ? Files.readAllLines(file) : List.of();
  }

  private static void add(List<Agreement> to, String measure, boolean agrees, String figures) {
    to.add(new Agreement("agent", measure, agrees, figures));
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
    List<String> reasons = new ArrayList<>();
    page.append("\n## Probes\n\n| module | probe |");
    guests.forEach(guest -> page.append(" ").append(guest.name).append(" |"));
    page.append("\n|---|---|").append("---|".repeat(guests.size())).append("\n");
    for (Map.Entry<String, List<String>> row : KernelTable.rows(Schema.modules()).entrySet()) {
      String[] words = row.getKey().split(" ");
      page.append("| ").append(words[0]).append(" | `").append(words[1]).append("` |");
      for (Guest guest : guests) {
        KernelTable.Cell cell = guest.probes.cell(row.getKey(), row.getValue());
        if (cell.missing()) {
          failures.add(guest.name + ": " + row.getKey() + ": " + cell.text() + " " + cell.reason());
        }
        page.append(" ").append(numbered(cell, reasons)).append(" |");
      }
      page.append("\n");
    }
    page.append("\n");
    for (int i = 0; i < reasons.size(); i++) {
      page.append(i + 1).append(". ").append(reasons.get(i)).append("\n");
    }
  }

  /** Reasons are sentences: they stand below the table, and each cell has its reason's number. */
  private static String numbered(KernelTable.Cell cell, List<String> reasons) {
    if (cell.reason() == null) {
      return cell.text();
    }
    String reason = cell.reason().replaceFirst("tp_btf/\\w+", "such tracepoint");
    if (!reasons.contains(reason)) {
      reasons.add(reason);
    }
    String text = cell.text() + " (" + (reasons.indexOf(reason) + 1) + ")";
    return cell.missing() ? "**" + text + "**" : text;
  }
}
