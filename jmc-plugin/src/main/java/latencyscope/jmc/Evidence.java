package latencyscope.jmc;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import latencyscope.analysis.finding.Finding;
import latencyscope.jfr.Schema;
import latencyscope.jfr.schema.EventDescription;
import latencyscope.jfr.schema.EventFields;
import latencyscope.jfr.schema.EventTypes;
import latencyscope.recording.thread.ThreadId;
import org.openjdk.jmc.common.item.Attribute;
import org.openjdk.jmc.common.item.IAttribute;
import org.openjdk.jmc.common.item.IItemFilter;
import org.openjdk.jmc.common.item.IItemQuery;
import org.openjdk.jmc.common.item.ItemFilters;
import org.openjdk.jmc.common.item.ItemQueryBuilder;
import org.openjdk.jmc.common.unit.IQuantity;
import org.openjdk.jmc.common.unit.UnitLookup;
import org.openjdk.jmc.flightrecorder.JfrAttributes;

/** Which events stand behind findings: what Mission Control selects for them. */
final class Evidence {
  private static final IAttribute<Number> OS_THREAD_ID =
      Attribute.attr(EventFields.OS_THREAD_ID.name(), "OS Thread Id", UnitLookup.RAW_NUMBER);
  private static final IAttribute<IQuantity> KERNEL_DURATION =
      Attribute.attr(EventFields.KERNEL_DURATION.name(), "Kernel Duration", UnitLookup.TIMESPAN);

  private static final Set<String> CAPTURE_HEALTH =
      Set.of(
          EventDescription.PREFIX + EventTypes.PROBE_STATUS,
          EventDescription.PREFIX + EventTypes.RECORDS_LOST,
          EventDescription.PREFIX + EventTypes.DRAIN_STALL,
          EventDescription.PREFIX + EventTypes.BUDGET_EXCEEDED,
          "jdk.DataLoss");

  /** Part of the report on the JVM's pauses: no module measures it. */
  private static final String PAUSES = "jvm";

  private Evidence() {}

  /** The events that stand behind findings of a part of the report, of which there is one. */
  static IItemQuery of(String module, List<Finding> findings) {
    return switch (module) {
      case PAUSES -> ofPauses(findings);
      case Schema.CAPTURE -> ofCapture();
      default -> ofModule(module, findings);
    };
  }

  /**
   * A module's own events on the threads of its findings; all of them where one is of no thread.
   */
  private static IItemQuery ofModule(String module, List<Finding> findings) {
    Set<String> types = typesOf(module);
    Set<Number> threads =
        findings.stream()
            .map(Finding::thread)
            .filter(Objects::nonNull)
            .<Number>map(ThreadId::osTid)
            .collect(Collectors.toSet());
    boolean all = threads.isEmpty() || findings.stream().anyMatch(f -> f.thread() == null);
    IItemFilter measured = ItemFilters.and(ItemFilters.type(types), kernelEvents());
    return query(
        all ? measured : ItemFilters.and(measured, ItemFilters.memberOf(OS_THREAD_ID, threads)));
  }

  /** What the kernel did to the late threads during the worst pauses. */
  private static IItemQuery ofPauses(List<Finding> findings) {
    List<IItemFilter> windows = new ArrayList<>();
    for (Finding finding : findings) {
      if (finding.thread() != null && finding.at() != null && finding.worstNs() != null) {
        IQuantity from = UnitLookup.EPOCH_NS.quantity(finding.at());
        IQuantity to = UnitLookup.EPOCH_NS.quantity(finding.at() + finding.worstNs());
        windows.add(
            ItemFilters.and(
                kernelEvents(),
                ItemFilters.equals(OS_THREAD_ID, finding.thread().osTid()),
                ItemFilters.less(JfrAttributes.START_TIME, to),
                ItemFilters.more(JfrAttributes.END_TIME, from)));
      }
    }
    return query(ItemFilters.or(windows.toArray(IItemFilter[]::new)));
  }

  /** What the capture says of itself. */
  private static IItemQuery ofCapture() {
    return ItemQueryBuilder.fromWhere(ItemFilters.type(CAPTURE_HEALTH))
        .select(JfrAttributes.EVENT_TYPE)
        .select(JfrAttributes.START_TIME)
        .build();
  }

  private static IItemFilter kernelEvents() {
    return ItemFilters.hasAttribute(KERNEL_DURATION);
  }

  private static Set<String> typesOf(String module) {
    return Schema.types().stream()
        .filter(type -> type.module().equals(module))
        .map(Schema.Type::name)
        .collect(Collectors.toSet());
  }

  private static IItemQuery query(IItemFilter filter) {
    return ItemQueryBuilder.fromWhere(filter)
        .select(JfrAttributes.EVENT_TYPE)
        .select(JfrAttributes.START_TIME)
        .select(KERNEL_DURATION)
        .select(JfrAttributes.EVENT_THREAD)
        .build();
  }
}
