package latencyscope.timeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import latencyscope.jfr.schema.EventDescription;
import latencyscope.jfr.schema.EventTypes;
import latencyscope.ledger.Cause;
import latencyscope.recording.Fixture;
import latencyscope.recording.chunk.RecordingException;
import latencyscope.recording.thread.ThreadId;
import org.junit.jupiter.api.Test;

/** What a timeline writes on a slice. */
class SlicesTest {
  private static final ThreadId STRATEGY = new ThreadId(7, "strategy", 1);

  private static List<String> names(Fixture fixture) throws RecordingException {
    List<String> names = new ArrayList<>();
    fixture.source().read(new Slices(slice -> names.add(slice.name())));
    return names;
  }

  @Test
  void aShootdownNamesItsSender() throws RecordingException {
    Fixture fixture =
        new Fixture()
            .capture("", "")
            .event("TlbShootdown", STRATEGY, 0, 900, 1, "sender", "munmapper", "senderTid", 42L);
    assertEquals(List.of("Tlb shootdown: munmapper"), names(fixture));
  }

  @Test
  void aStallSaysOfWhichKindItWas() throws RecordingException {
    Fixture fixture =
        new Fixture()
            .capture("", "")
            .event("MemoryStall", STRATEGY, 0, 50_000, 1, "kind", "compaction", "pages", 0L);
    assertEquals(List.of("Memory stall: compaction"), names(fixture));
  }

  @Test
  void everyDescribedCauseIsOneOfTheLedgers() {
    List<String> causes = List.of(Cause.values()).stream().map(Cause::key).toList();
    for (EventDescription event : EventTypes.ALL) {
      String cause = event.ledgerCause();
      assertTrue(cause.isEmpty() || causes.contains(cause), event.name() + ": " + cause);
    }
  }
}
