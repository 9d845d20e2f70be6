package latencyscope.agent.module;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import jdk.jfr.Recording;
import latencyscope.agent.event.MappedFiles;
import latencyscope.agent.event.RecordStrings;
import latencyscope.agent.memory.TargetNodes;
import latencyscope.agent.memory.TargetPages;
import latencyscope.bpf.btf.ObjectFile;
import latencyscope.bpf.btf.Struct;
import latencyscope.bpf.kernel.NumaNodes;
import latencyscope.fuzz.Choices;
import latencyscope.guest.channel.RecorderSink;
import latencyscope.guest.event.EventCatalog;
import latencyscope.guest.event.TickClock;
import latencyscope.guest.evidence.TaskLives;
import latencyscope.guest.facts.LockNames;
import latencyscope.guest.settings.CaptureSettings;
import latencyscope.guest.thread.ThreadDirectory;
import latencyscope.guest.trigger.Triggers;

/** Decoding of every module's records: any content becomes an event, or the record is refused. */
public final class RecordsFuzz {
  private static final List<ModuleRecords> MODULES = new ArrayList<>();
  private static final int LONGEST = 1 << 10;

  private RecordsFuzz() {}

  /** Starts a recording that wants them all. */
  public static void fuzzerInitialize() throws Exception {
    EventCatalog.register();
    Recording recording = new Recording(latencyscope.jfr.Profile.FULL.settings());
    recording.setToDisk(false);
    recording.start();
    TickClock clock = new TickClock();
    clock.calibrate();
    RecordStrings strings = new RecordStrings(new MappedFiles(null));
    ThreadDirectory threads = new ThreadDirectory(null, (id, name) -> id % 7 != 3);
    RecorderSink sink = new RecorderSink(null);
    TargetPages pages =
        new TargetPages(
            new TargetNodes(NumaNodes.running(), CaptureSettings.OWN, sink), new MappedFiles(null));
    CaptureContext context =
        new CaptureContext(
            sink,
            clock,
            threads,
            strings,
            null,
            pages,
            LockNames.NONE,
            JavaStacks.NONE,
            new TaskLives(Path.of("/proc"), 1, false, true, sink),
            Triggers.NONE,
            new ShortTurns(),
            List.of());
    for (String module : ObjectFile.index()) {
      ObjectFile object = ObjectFile.named(module);
      if (!object.records().isEmpty()) {
        Map<Long, Struct> structs = KernelModule.recordsByNumber(object);
        MODULES.add(new ModuleRecords(module, structs, context, threads.ofModule(), slot -> {}));
      }
    }
  }

  /** Decodes a record of a module. */
  public static void fuzzerTestOneInput(byte[] bytes) {
    Choices choices = new Choices(bytes);
    ModuleRecords module = MODULES.get(choices.below(MODULES.size()));
    byte[] record = choices.rest();
    MemorySegment memory = MemorySegment.ofArray(new long[LONGEST / Long.BYTES]);
    int length = Math.min(record.length, LONGEST);
    MemorySegment.copy(MemorySegment.ofArray(record), 0, memory, 0, length);
    module.onRecord(memory, 0, length);
  }
}
