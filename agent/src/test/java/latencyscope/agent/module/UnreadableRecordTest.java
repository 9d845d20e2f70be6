package latencyscope.agent.module;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import latencyscope.agent.event.MappedFiles;
import latencyscope.agent.event.RecordStrings;
import latencyscope.agent.record.RecordBinding;
import latencyscope.bpf.btf.ObjectFile;
import latencyscope.bpf.btf.Struct;
import latencyscope.guest.channel.RecorderSink;
import latencyscope.guest.event.EventCatalog;
import latencyscope.guest.event.TickClock;
import latencyscope.guest.evidence.TaskLives;
import latencyscope.guest.facts.LockNames;
import latencyscope.guest.thread.ThreadDirectory;
import latencyscope.guest.trigger.Triggers;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Records that no program of ours would send: each is counted as lost, the next one is decoded. */
class UnreadableRecordTest {
  private final MemorySegment memory = MemorySegment.ofArray(new long[128]);
  private Map<Long, Struct> structs;
  private Struct header;
  private ModuleRecords records;

  @BeforeEach
  void bind() throws Exception {
    EventCatalog.register();
    structs = KernelModule.recordsByNumber(ObjectFile.named("isolation"));
    header = RecordBinding.headerOf(structs.get(0L));
    ThreadDirectory threads = new ThreadDirectory(null, (id, name) -> true);
    RecorderSink sink = new RecorderSink(null);
    CaptureContext context =
        new CaptureContext(
            sink,
            new TickClock(),
            threads,
            new RecordStrings(new MappedFiles(null)),
            null,
            null,
            LockNames.NONE,
            JavaStacks.NONE,
            new TaskLives(Path.of("/proc"), 1, false, true, sink),
            Triggers.NONE,
            new ShortTurns(),
            List.of());
    records = new ModuleRecords("isolation", structs, context, threads.ofModule(), slot -> {});
  }

  private void send(int number, int slot, int length) {
    memory.set(ValueLayout.JAVA_INT, header.member("record").offset(), number);
    memory.set(ValueLayout.JAVA_INT, header.member("slot").offset(), slot);
    memory.set(ValueLayout.JAVA_INT, header.member("os_thread_id").offset(), 4711);
    records.onRecord(memory, 0, length);
  }

  @Test
  void aNumberThatNoRecordHas() {
    send(structs.size(), 1, 64);
    send(-1, 1, 64);
    assertEquals(2, records.unreadable(structs.size()));
  }

  @Test
  void aLengthThatNoRecordHas() {
    send(0, 1, 1 << 10);
    assertEquals(1, records.unreadable(structs.size()));
  }

  @Test
  void aSlotForWhichThereIsNoMemory() {
    send(1, Integer.MAX_VALUE, 64);
    send(1, -7, 64);
    assertEquals(2, records.unreadable(1));
    assertTrue(records.unreadable(0) == 0 && records.unreadable(structs.size()) == 0);
  }
}
