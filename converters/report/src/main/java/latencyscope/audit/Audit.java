package latencyscope.audit;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import latencyscope.contract.HostRule;
import latencyscope.proc.CpuSet;

/**
 * What of a host stands against low latency.
 *
 * @param root folder that was read
 * @param items in the order of their areas
 */
public record Audit(Path root, List<AuditItem> items) {
  /** Copies the list. */
  public Audit {
    items = List.copyOf(items);
  }

  /**
   * Reads a host. Only reads: no setting is tried out.
   *
   * @param root {@code /}, or a copy of another machine's {@code /proc} and {@code /sys}
   * @param pid process whose control group and JVM are read, too; 0 for none
   */
  public static Audit of(Path root, long pid) {
    return of(root, pid, CpuSet.EMPTY);
  }

  /**
   * The same for a host on which CPUs are meant for few threads, although they are not isolated.
   *
   * @param declared those CPUs
   */
  public static Audit of(Path root, long pid, CpuSet declared) {
    HostTree tree = new HostTree(root.toAbsolutePath().normalize(), declared);
    List<AuditItem> items = new ArrayList<>();
    items.addAll(CpuAudit.of(tree));
    items.addAll(IrqAudit.of(tree));
    items.addAll(MemoryAudit.of(tree));
    items.addAll(NetworkAudit.of(tree));
    items.addAll(ProcessAudit.of(tree, pid));
    return new Audit(root, items);
  }

  /**
   * The values that meet an expectation of the host; empty if only a boot or the user can.
   *
   * @param words the values that are right, the first of which is taken
   * @param ns the longest time to leave an idle state, if it is about that
   */
  public static List<Setting> settings(Path root, HostRule rule, List<String> words, long ns) {
    HostTree tree = new HostTree(root.toAbsolutePath().normalize(), CpuSet.EMPTY);
    return Expected.settings(tree, rule, words, ns);
  }

  /** The items in a state. */
  public List<AuditItem> in(AuditItem.State state) {
    return items.stream().filter(item -> item.state() == state).toList();
  }

  /** 1 if something stands against low latency, else 0. */
  public int exitCode() {
    return in(AuditItem.State.AGAINST).isEmpty() ? 0 : 1;
  }
}
