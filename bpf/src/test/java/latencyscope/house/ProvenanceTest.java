package latencyscope.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import latencyscope.bpf.error.KernelChange;
import latencyscope.bpf.error.KernelVersion;
import org.junit.jupiter.api.Test;

/** What differs from kernel to kernel stands in one place, with its commit. */
class ProvenanceTest {
  private static final Set<String> PLACES = Set.of("KernelChange", "KernelVersion");

  @Test
  void versionsOfLinuxStandInOnePlace() throws Exception {
    List<String> elsewhere =
        SourceTree.read().sources.stream()
            .filter(source -> source.set().equals("main") && !PLACES.contains(source.name()))
            .filter(source -> source.code().contains("new KernelVersion("))
            .map(SourceTree.Source::type)
            .toList();
    assertEquals(List.of(), elsewhere);
  }

  @Test
  void eachChangeNamesItsCommit() {
    for (KernelChange change : KernelChange.values()) {
      assertTrue(change.commit().matches("[0-9a-f]{12}"), change.name());
      assertTrue(change.since().compareTo(KernelVersion.OLDEST) > 0, change + " is in all");
      assertTrue(change.isIn(change.since()));
      assertFalse(change.isIn(KernelVersion.OLDEST));
    }
  }
}
