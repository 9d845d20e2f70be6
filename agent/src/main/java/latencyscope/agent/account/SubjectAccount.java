package latencyscope.agent.account;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import latencyscope.agent.event.RecordStrings;
import latencyscope.agent.record.RecordBinding;
import latencyscope.bpf.btf.ObjectFile;
import latencyscope.bpf.btf.Struct;
import latencyscope.bpf.btf.Type;
import latencyscope.bpf.error.BpfException;
import latencyscope.bpf.libbpf.LoadedObject;
import latencyscope.guest.event.EventSink;

/**
 * What a module counts of things that are not threads: the kernel side's array of subjects, mapped.
 *
 * <p>Source of the layout: the compiled object's {@code struct subject_slot}. Used by one thread at
 * a time.
 */
public final class SubjectAccount {
  private static final String SLOTS = "ls_subjects";
  private static final String FREE = "ls_free_subjects";
  private static final int USED = 1;

  /** Text of the kind whose ids are numbers of system calls. */
  private static final String SYSTEM_CALL = "call";

  private static final VarHandle STATE = ValueLayout.JAVA_INT.varHandle();

  private final MemorySegment memory;
  private final long stride;
  private final long state;
  private final long kind;
  private final long id;
  private final long cpu;
  private final long name;
  private final int nameLength;
  private final String[] kinds;
  private final SlotMeasures measures;
  private final Measured[] known;
  private final MemorySegment withoutSubject;
  private long withoutSubjectReported;

  private SubjectAccount(
      String module, LoadedObject object, ObjectFile file, int count, EventSink sink)
      throws BpfException, IllegalAccessException {
    Struct slot = file.struct("subject_slot");
    memory = object.mapMemory(SLOTS);
    stride = SlotMeasures.strideOf(slot);
    state = slot.member("state").offset();
    kind = slot.member("kind").offset();
    id = slot.member("id").offset();
    cpu = slot.member("cpu").offset();
    name = slot.member("name").offset();
    nameLength = slot.member("name").type().size();
    kinds = RecordBinding.texts((Type.Enumeration) slot.member("kind").type());
    measures =
        new SlotMeasures(
            module, memory, slot, count, file.struct("chunk"), object.mapMemory("ls_chunks"), sink);
    known = new Measured[count];
    withoutSubject = object.variable("events_without_subject");
    // Not the first, which means none.
    for (int i = 1; i < count; i++) {
      object.push(FREE, i);
    }
  }

  /** Makes room for subjects in the kernel; null if the module has none. */
  public static SubjectAccount of(
      String module, LoadedObject object, ObjectFile file, int count, EventSink sink)
      throws BpfException, IllegalAccessException {
    return isIn(file) ? new SubjectAccount(module, object, file, count, sink) : null;
  }

  /** Whether a module measures things that are not threads. */
  public static boolean isIn(ObjectFile file) {
    return file.maps().contains(SLOTS);
  }

  /** Commits what every subject's numbers rose by in the given interval of ticks. */
  public void report(long startTicks, long endTicks) {
    for (int slot = 1; slot < known.length; slot++) {
      if (isUsed(slot)) {
        measures.report(slot, subject(slot), startTicks, endTicks);
      }
    }
  }

  /** Occurrences since the last call for which there was no room. */
  public long newlyWithout() {
    long now = withoutSubject.get(ValueLayout.JAVA_LONG, 0);
    long rise = now - withoutSubjectReported;
    withoutSubjectReported = now;
    return rise;
  }

  // Acquire: the name was written before.
  private boolean isUsed(int slot) {
    return (int) STATE.getAcquire(memory, slot * stride + state) == USED;
  }

  private Measured subject(int slot) {
    if (known[slot] == null) {
      long at = slot * stride;
      String text = memory.asSlice(at + name, nameLength).getString(0);
      String kindText = RecordStrings.textAt(kinds, memory.get(ValueLayout.JAVA_INT, at + kind));
      long number = memory.get(ValueLayout.JAVA_LONG, at + id);
      known[slot] =
          new Measured(
              null,
              0,
              0,
              kindText,
              number,
              text.isEmpty() ? nameOf(kindText, number) : text,
              memory.get(ValueLayout.JAVA_INT, at + cpu));
    }
    return known[slot];
  }

  // The kernel has no names for these at run time.
  private static String nameOf(String kind, long number) {
    return SYSTEM_CALL.equals(kind) ? RecordStrings.nameOfSystemCall(number) : null;
  }
}
