package latencyscope.tune;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import latencyscope.cli.console.UserError;
import latencyscope.contract.check.CheckResult;
import latencyscope.tune.Journal.Entry;
import latencyscope.tune.Proof.Prover;
import latencyscope.tune.Tuned.Fate;

/**
 * Writes a plan and keeps what helps: writes everything and measures; then takes steps back and
 * measures again. Steps that are missed are written once more. If anything fails on the way, all of
 * this run is given back. Used by one thread.
 */
public final class Tuner {
  private final Host host;
  private final Journal journal;
  private final Prover prover;
  private final Consumer<String> progress;
  private final List<String> failures = new ArrayList<>();
  private final Map<Step, List<Entry>> written = new LinkedHashMap<>();

  /** The contract with what is written now; null if that was not measured. */
  private CheckResult now;

  /**
   * Prepares to write.
   *
   * @param progress takes sentences on what is being done
   */
  public Tuner(Host host, Journal journal, Prover prover, Consumer<String> progress) {
    this.host = host;
    this.journal = journal;
    this.prover = prover;
    this.progress = progress;
  }

  /**
   * Writes, measures, and keeps what helps.
   *
   * @param before what was measured without it
   * @throws UserError if nothing can be measured; everything is as it was then
   * @throws IOException if the journal cannot be written
   */
  public Tuned apply(Plan plan, CheckResult before) throws UserError, IOException {
    requireWritable(plan);
    journal.mark(true);
    boolean judged = false;
    try {
      for (Step step : plan.steps()) {
        write(step);
      }
      Tuned tuned = judge(plan, before);
      judged = true;
      return tuned;
    } finally {
      if (!judged) {
        giveBackAll();
      }
      journal.mark(false);
    }
  }

  private void giveBackAll() throws IOException {
    Reverter reverter = new Reverter(host, journal, false);
    reverter.of(written.values().stream().flatMap(List::stream).toList());
    progress.accept("not finished: " + reverter.restored() + " values were given back");
    reverter.left().forEach(progress);
  }

  // Before anything is written: without root, every write would fail by itself.
  private void requireWritable(Plan plan) throws UserError {
    List<Change> files =
        plan.steps().stream()
            .flatMap(step -> step.changes().stream())
            .filter(change -> change.place().isForbidden(host))
            .toList();
    if (!files.isEmpty()) {
      throw new UserError(
          files.get(0).place().words()
              + " may not be written: run tune as root, on the host itself if this is a container");
    }
  }

  private Tuned judge(Plan plan, CheckResult before) throws UserError, IOException {
    Map<Step, Fate> fates = new LinkedHashMap<>();
    plan.steps().forEach(step -> fates.put(step, Fate.FAILED));
    List<Step> tried =
        new ArrayList<>(
            plan.steps().stream().filter(step -> !written.get(step).isEmpty()).toList());
    if (tried.isEmpty()) {
      return new Tuned(before, before, fates, failures);
    }
    tried.forEach(step -> fates.put(step, Fate.KEPT));
    progress.accept("measuring with all changes");
    CheckResult all = prover.prove().result();
    if (!Comparison.isBetter(before, all)) {
      Collections.reverse(tried);
      for (Step step : tried) {
        takeBack(step);
        fates.put(step, Fate.REVERTED);
      }
      return new Tuned(before, all, fates, failures);
    }
    if (tried.size() == 1) {
      return new Tuned(before, all, fates, failures);
    }
    now = all;
    eliminate(tried.stream().filter(step -> !step.named()).toList(), all, fates);
    for (Step step : tried.stream().filter(Step::named).toList()) {
      eliminate(List.of(step), all, fates);
    }
    if (now == null) {
      progress.accept("measuring what is kept");
      now = prover.prove().result();
    }
    return new Tuned(before, now, fates, failures);
  }

  // Those that only help in general mostly do not: together, they take one capture.
  private void eliminate(List<Step> steps, CheckResult all, Map<Step, Fate> fates)
      throws UserError, IOException {
    if (steps.isEmpty()) {
      return;
    }
    for (int i = steps.size() - 1; i >= 0; i--) {
      takeBack(steps.get(i));
    }
    progress.accept(
        "measuring without: " + steps.stream().map(Step::name).collect(Collectors.joining(", ")));
    CheckResult without = prover.prove().result();
    if (!Comparison.isBetter(without, all)) {
      steps.forEach(step -> fates.put(step, Fate.REVERTED));
      now = without;
      return;
    }
    for (Step step : steps) {
      write(step);
    }
    now = null;
    if (steps.size() > 1) {
      int half = steps.size() / 2;
      eliminate(steps.subList(0, half), all, fates);
      eliminate(steps.subList(half, steps.size()), all, fates);
    }
  }

  private void takeBack(Step step) throws IOException {
    Reverter reverter = new Reverter(host, journal, false);
    reverter.of(written.put(step, List.of()));
    failures.addAll(reverter.left());
  }

  private void write(Step step) throws IOException {
    List<Entry> entries = new ArrayList<>();
    written.put(step, entries);
    for (Change change : step.changes()) {
      Optional<String> now = change.place().read(host);
      if (now.isEmpty()) {
        failures.add(change.place().words() + ": it has ended, or is gone");
      } else if (!now.get().equals(change.after())) {
        write(change, now.get(), entries);
      }
    }
  }

  private void write(Change change, String now, List<Entry> entries) throws IOException {
    Entry entry = journal.add(change.place(), now, change.after());
    String why = null;
    try {
      change.place().write(host, change.after());
    } catch (IOException e) {
      why = e.getMessage();
    }
    String after = change.place().read(host).orElse(now);
    if (after.equals(now)) {
      journal.undone(List.of(entry));
      failures.add(
          change.place().words()
              + " stays "
              + now
              + ": "
              + (why == null ? "the kernel ignores " + change.after() : why));
    } else {
      entries.add(journal.kept(entry, after));
    }
  }
}
