package latencyscope.agent.module;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import latencyscope.bpf.error.BpfException;
import latencyscope.guest.channel.Probe;
import latencyscope.guest.settings.CaptureSettings;
import latencyscope.guest.settings.Complaints;
import latencyscope.jfr.Schema;

/** Says on standard error and in the recording why something is not captured. */
final class LoadProblems {
  private LoadProblems() {}

  // What was asked for differs from what is captured: the recording must say so.
  static List<Probe> of(CaptureSettings settings) {
    List<String> problems = new ArrayList<>(settings.problems());
    for (String module : settings.modules()) {
      if (!Schema.modules().contains(module)) {
        problems.add(
            "unknown module '"
                + module
                + "'; the modules are "
                + String.join(", ", Schema.modules()));
      }
    }
    problems.forEach(Complaints::say);
    return problems.isEmpty()
        ? List.of()
        : List.of(Probe.unavailable("capture", "options", String.join("; ", problems)));
  }

  static Probe forbidden(String reason) {
    Complaints.say("no module is active: " + reason + "; the application is unaffected");
    return Probe.unavailable("capture", null, reason);
  }

  static Probe refused(BpfException e) {
    Complaints.say("no module is active: " + e.problem() + "; " + e.remedy());
    return Probe.refused("capture", null, e.problem(), e.remedy());
  }

  // What one remedy puts right is one problem, however many modules it stops.
  static void complain(List<ModuleLoader.Loading> all) {
    Map<String, List<ModuleLoader.Loading>> byRemedy =
        all.stream()
            .filter(one -> one.refusal().isPresent())
            .collect(
                Collectors.groupingBy(
                    one -> one.refusal().orElseThrow().remedy(),
                    LinkedHashMap::new,
                    Collectors.toList()));
    byRemedy.forEach((remedy, refused) -> {
      String names =
          refused.stream().map(ModuleLoader.Loading::name).collect(Collectors.joining(", "));
      String problem = refused.get(0).refusal().orElseThrow().problem();
      String who = refused.size() == 1 ? "module " + names + " is" : "modules " + names + " are";
      Complaints.say(who + " not active: " + problem + "; " + remedy);
    });
  }
}
