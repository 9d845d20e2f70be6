package latencyscope.analysis.finding;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a process is run, by the path of its control group: a container, a pod or a unit.
 *
 * <p>Paths as of systemd (systemd.slice(5)), of Kubernetes' kubelet with either driver, and of
 * containerd, CRI-O, Docker and Podman, which name a container's group after its id.
 */
public final class Place {
  private static final Pattern CONTAINER =
      Pattern.compile("(?:[a-z-]+[-:])?([0-9a-f]{12})[0-9a-f]{52}(?:\\.scope)?");
  private static final Pattern POD =
      Pattern.compile(
          "(?:kubepods.*-)?pod([0-9a-f]{8}([-_][0-9a-f]{4}){3}[-_][0-9a-f]{12})(?:\\.slice)?");
  private static final Pattern UNIT = Pattern.compile(".+\\.(?:service|scope)");

  private Place() {}

  /**
   * In words that follow "is in", such as {@code unit cron.service}; empty for the host's own root.
   *
   * @param group path of a control group; null if not known
   */
  public static Optional<String> of(String group) {
    if (group == null || group.isEmpty() || group.equals("/")) {
      return Optional.empty();
    }
    String container = null;
    String pod = null;
    String unit = null;
    for (String folder : group.split("/")) {
      Matcher ofPod = POD.matcher(folder);
      Matcher ofContainer = CONTAINER.matcher(folder);
      if (ofPod.matches()) {
        pod = "pod " + ofPod.group(1).replace('_', '-');
      } else if (ofContainer.matches()) {
        container = "container " + ofContainer.group(1);
      } else if (UNIT.matcher(folder).matches()) {
        unit = "unit " + folder;
      }
    }
    if (container != null) {
      return Optional.of(pod == null ? container : container + " of " + pod);
    }
    if (pod != null) {
      return Optional.of(pod);
    }
    return Optional.of(unit == null ? "control group " + group : unit);
  }
}
