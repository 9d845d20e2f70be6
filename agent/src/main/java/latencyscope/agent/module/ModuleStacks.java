package latencyscope.agent.module;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import latencyscope.agent.event.StackTexts;
import latencyscope.bpf.btf.ObjectFile;
import latencyscope.bpf.btf.Struct;
import latencyscope.bpf.error.BpfException;
import latencyscope.bpf.error.CorruptRingException;
import latencyscope.bpf.libbpf.LoadedObject;
import latencyscope.bpf.ring.RecordHandler;
import latencyscope.bpf.ring.RingReader;
import latencyscope.guest.hotspot.HotSpotStacks;
import latencyscope.guest.hotspot.StackImage;
import latencyscope.guest.settings.Complaints;

/**
 * The copies of stacks that one module's programs make, and which are made to texts before the
 * records are read that name them.
 *
 * <p>Source of the layout: the compiled object's {@code struct stack_copy}. Used by one thread at a
 * time.
 */
final class ModuleStacks implements RecordHandler {
  private static final String RING = "ls_stacks";
  private static final String COPY = "stack_copy";

  private final RingReader ring;
  private final HotSpotStacks unwinder;
  private final StackTexts texts;
  private final StackImage image;
  private final long id;
  private final long pc;
  private final long sp;
  private final long fp;
  private final long bcp;
  private final long java;
  private final long from;
  private final long bytes;
  private final long memory;

  private ModuleStacks(LoadedObject object, Struct copy, HotSpotStacks unwinder, StackTexts texts)
      throws BpfException {
    this.unwinder = unwinder;
    this.texts = texts;
    ring = object.ring(RING);
    id = copy.member("id").offset();
    pc = copy.member("pc").offset();
    sp = copy.member("sp").offset();
    fp = copy.member("fp").offset();
    bcp = copy.member("bcp").offset();
    java = copy.member("java").offset();
    from = copy.member("from").offset();
    bytes = copy.member("bytes").offset();
    memory = copy.member("memory").offset();
    image = new StackImage((int) (copy.size() - memory) / Long.BYTES);
    object.variable("anchor_offset").set(ValueLayout.JAVA_INT, 0, unwinder.anchorOffset());
  }

  /** The stacks of a module; null if it takes none, or if nobody could read them. */
  static ModuleStacks of(LoadedObject object, ObjectFile file, CaptureContext context)
      throws BpfException {
    HotSpotStacks unwinder = context.stacks().unwinder();
    return unwinder == null || !file.maps().contains(RING)
        ? null
        : new ModuleStacks(object, file.struct(COPY), unwinder, context.strings().stacks());
  }

  /** Whether there may soon be no room for more. */
  boolean isFull() {
    return ring.pendingBytes() > ring.capacityBytes() / 2;
  }

  /** Takes all that there are: to be called before the records are read. */
  void drain() throws CorruptRingException {
    if (ring.pendingBytes() > 0) {
      unwinder.beginRound();
      ring.drain(this, Integer.MAX_VALUE);
    }
  }

  @Override
  public void onRecord(MemorySegment data, long offset, int length) {
    try {
      image.pc = word(data, offset + pc);
      image.sp = word(data, offset + sp);
      image.fp = word(data, offset + fp);
      image.bcp = word(data, offset + bcp);
      image.javaSp = word(data, offset + java);
      image.javaPc = word(data, offset + java + Long.BYTES);
      image.javaFp = word(data, offset + java + 2 * Long.BYTES);
      image.from = word(data, offset + from);
      image.words = (int) Math.min(image.memory().length, word(data, offset + bytes) / Long.BYTES);
      MemorySegment.copy(
          data, ValueLayout.JAVA_LONG, offset + memory, image.memory(), 0, image.words);
      String text = unwinder.text(image);
      if (text != null) {
        texts.put(word(data, offset + id), text);
      }
    } catch (RuntimeException e) {
      // This one is lost; the next may be sound.
      Complaints.say("could not read a stack", e);
    }
  }

  private static long word(MemorySegment data, long offset) {
    return data.get(ValueLayout.JAVA_LONG, offset);
  }
}
