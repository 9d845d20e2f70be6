package latencyscope.recording;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import latencyscope.jfr.schema.EventFields;
import latencyscope.recording.chunk.ContextualFields;
import latencyscope.recording.chunk.SurrogateTexts;
import latencyscope.recording.event.EventConsumer;
import latencyscope.recording.event.EventType;
import latencyscope.recording.event.Exemplar;
import latencyscope.recording.event.JvmEvent;
import latencyscope.recording.event.KernelEvent;
import latencyscope.recording.fact.JvmSettings;
import latencyscope.recording.thread.ParserThread;
import latencyscope.recording.thread.ThreadId;
import org.openjdk.jmc.common.IMCThread;
import org.openjdk.jmc.common.collection.FastAccessNumberMap;
import org.openjdk.jmc.flightrecorder.parser.IConstantPoolExtension;
import org.openjdk.jmc.flightrecorder.parser.IEventSink;
import org.openjdk.jmc.flightrecorder.parser.IEventSinkFactory;
import org.openjdk.jmc.flightrecorder.parser.IParserExtension;
import org.openjdk.jmc.flightrecorder.parser.ValueField;

/**
 * Takes every event from the JMC parser as it is read and forwards none, so that the parser builds
 * nothing.
 *
 * <p>Used for one chunk at a time, which the parser reads with a single thread.
 */
final class StreamingReader implements IParserExtension {
  private static final Set<String> JDK_TYPES =
      Set.of(
          "jdk.JVMInformation",
          "jdk.GCConfiguration",
          "jdk.DataLoss",
          JvmSettings.TYPE,
          "jdk.VirtualizationInformation");

  /** Takes the events of types that nobody asks for. */
  static final IEventSink IGNORED = values -> {};

  /** JfrInternalConstants.TYPE_IDENTIFIER_VALUE_INTERPRETATION, which is not for other bundles. */
  private static final String TYPE_IDENTIFIER =
      "org.openjdk.jmc.flightrecorder.value_interpretation.type_identifier";

  // Bounds the memory for events that wait until the threads of one id are distinguished.
  private static final int MAX_DEFERRED = 100_000;

  private final RecordingBuilder builder;
  private final EventConsumer consumer;
  // The parser gives the same object for a thread all through a chunk.
  private final Map<Object, ParserThread> parsed = new IdentityHashMap<>();
  private final List<Runnable> deferred = new ArrayList<>();
  private final long clockOffset;
  private final SurrogateTexts texts;
  private final ContextualFields contextual;
  private boolean ofAgent;
  private boolean started;

  /** For events of several chunks, whose times and thread ids are taken as they are. */
  StreamingReader(RecordingBuilder builder, EventConsumer consumer) {
    this(builder, consumer, 0);
  }

  /**
   * @param chunkStart when the chunk began by its header, nanoseconds since the epoch
   */
  StreamingReader(RecordingBuilder builder, EventConsumer consumer, long chunkStart) {
    this(builder, consumer, chunkStart, SurrogateTexts.UNKNOWN, ContextualFields.NONE);
  }

  /**
   * @param chunkStart when the chunk began by its header, nanoseconds since the epoch
   * @param texts of the chunk
   * @param contextual of the chunk
   */
  StreamingReader(
      RecordingBuilder builder,
      EventConsumer consumer,
      long chunkStart,
      SurrogateTexts texts,
      ContextualFields contextual) {
    this.texts = texts;
    this.contextual = contextual;
    this.builder = builder;
    this.consumer = consumer;
    this.clockOffset = builder.clocks.chunkOffset(chunkStart);
    builder.captures.intervals().inChunk(chunkStart);
  }

  /** Whether there was any event, of whatever type. */
  boolean hasStarted() {
    return started;
  }

  /** A failure of a consumer: not to be mistaken for one of the parser, as of a damaged file. */
  static final class ConsumerFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ConsumerFailure(RuntimeException cause) {
      super(cause);
    }
  }

  // What the loader of Mission Control does, too: the number of a type becomes its name.
  @Override
  public String getValueInterpretation(String type, String field) {
    return JvmSettings.TYPE.equals(type) && JvmSettings.SETTING_FOR.equals(field)
        ? TYPE_IDENTIFIER
        : null;
  }

  @Override
  public IEventSinkFactory getEventSinkFactory(IEventSinkFactory subFactory) {
    return new IEventSinkFactory() {
      @Override
      public IEventSink create(
          String id, String label, String[] category, String description, List<ValueField> fields) {
        ofAgent |= id.startsWith(EventType.PREFIX);
        EventType type = new EventType(id, category, fields);
        IEventSink sink = sink(type, label);
        IEventSink moved = clockOffset == 0 ? sink : type.moving(sink, clockOffset);
        return values -> {
          started = true;
          moved.addEvent(values);
        };
      }

      @Override
      public void flush() {
        subFactory.flush();
      }
    };
  }

  @Override
  public IConstantPoolExtension createConstantPoolExtension() {
    return new IConstantPoolExtension() {
      @Override
      public Object constantRead(long index, Object constant, String type) {
        if (constant instanceof IMCThread) {
          ParserThread.rename(constant, texts::repaired);
        }
        return constant instanceof String text ? texts.repaired(text) : constant;
      }

      @Override
      public void allConstantPoolsResolved(Map<String, FastAccessNumberMap<Object>> pools) {
        FastAccessNumberMap<Object> threads = pools.get("java.lang.Thread");
        if (threads != null) {
          threads.forEach(thread -> builder.threads.learn(threadOf(thread)));
        }
      }
    };
  }

  /** What takes the events of a type; {@link #IGNORED} if they need not be read. */
  IEventSink sink(EventType type, String label) {
    IEventSink own = ownSink(type);
    if (type.name().startsWith(EventType.PREFIX)) {
      return own;
    }
    Set<String> context = contextual.of(type.name());
    if (!consumer.wants(type.name(), context)) {
      return own;
    }
    IEventSink wanted = jvmSink(type, label, context);
    return values -> {
      own.addEvent(values);
      wanted.addEvent(values);
    };
  }

  private IEventSink jvmSink(EventType type, String label, Set<String> context) {
    JvmEvent event = new JvmEvent(type, label, context);
    return values -> {
      ThreadId thread = builder.threads.named(threadOf(type.value(values, "eventThread")));
      guarded(() -> consumer.accept(event.set(values, thread)));
    };
  }

  /** What the recording as a whole needs of an event. */
  private IEventSink ownSink(EventType type) {
    if (type.has(EventFields.KERNEL_START) && type.name().startsWith(EventType.PREFIX)) {
      return kernelSink(type);
    }
    if (type.name().startsWith(EventType.PREFIX) || JDK_TYPES.contains(type.name())) {
      return values -> deferIfReused(type, values, v -> builder.add(type, v));
    }
    return switch (type.name()) {
      case "jdk.ThreadStart" ->
          values -> builder.threads.started(thread(type, values), time(type, values));
      case "jdk.ThreadEnd" ->
          values -> builder.threads.ended(thread(type, values), time(type, values));
      default -> IGNORED;
    };
  }

  private ParserThread thread(EventType type, Object[] values) {
    return threadOf(type.value(values, "thread"));
  }

  // Where there is an agent, its ids and those of the recorder are from the same namespace. A JVM
  // that was watched from outside knows only those of its container.
  private ParserThread threadOf(Object value) {
    ParserThread thread = parsed(value);
    return thread == null || ofAgent
        ? thread
        : new ParserThread(builder.jvms.hostId(thread.osTid()), thread.javaId(), thread.name());
  }

  private ParserThread parsed(Object value) {
    ParserThread known = parsed.get(value);
    if (known == null && value != null) {
      known = ParserThread.of(value);
      parsed.put(value, known);
    }
    return known;
  }

  private static long time(EventType type, Object[] values) {
    return type.number(values, "startTime", 0);
  }

  private IEventSink kernelSink(EventType type) {
    if (type.name().equals(Exemplar.TYPE)) {
      return values -> onThread(type, values, (v, thread) -> exemplar(type, v, thread));
    }
    KernelEvent event = new KernelEvent(type);
    return values -> {
      builder.record(type.name());
      onThread(type, values, (v, thread) -> pass(event, v, thread));
    };
  }

  private void onThread(EventType type, Object[] values, BiConsumer<Object[], ThreadId> action) {
    ThreadId thread =
        builder.threads.confirmed(
            type.number(values, EventFields.OS_THREAD_ID, 0),
            parsed(type.value(values, "eventThread")));
    if (thread != null) {
      action.accept(values, thread);
    } else {
      deferIfReused(type, values, v -> action.accept(v, resolve(type, v)));
    }
  }

  private void exemplar(EventType type, Object[] values, ThreadId thread) {
    KernelEvent event = Exemplar.event(type, values, thread);
    guarded(() -> consumer.acceptExemplar(event));
  }

  private ThreadId resolve(EventType type, Object[] values) {
    return builder.threads.resolve(
        type.number(values, EventFields.OS_THREAD_ID, 0),
        time(type, values),
        type.text(values, EventFields.THREAD));
  }

  private interface Action {
    void on(Object[] values);
  }

  // The ThreadStart that distinguishes two threads of one id may come later in the chunk: threads
  // write to separate buffers.
  private void deferIfReused(EventType type, Object[] values, Action action) {
    boolean reused = builder.threads.isReused(type.number(values, EventFields.OS_THREAD_ID, 0));
    if (reused && deferred.size() < MAX_DEFERRED) {
      Object[] copy = values.clone();
      deferred.add(() -> action.on(copy));
    } else {
      action.on(values);
    }
  }

  /** Handles what had to wait for the end of the chunk. */
  void endOfChunk() {
    deferred.forEach(Runnable::run);
    deferred.clear();
    guarded(consumer::endOfChunk);
  }

  private void pass(KernelEvent event, Object[] values, ThreadId thread) {
    guarded(() -> consumer.accept(event.set(values, thread)));
  }

  /** Calls a consumer so that its failure is distinguished from the parser's. */
  static void guarded(Runnable call) {
    try {
      call.run();
    } catch (RuntimeException e) {
      throw new ConsumerFailure(e);
    }
  }
}
