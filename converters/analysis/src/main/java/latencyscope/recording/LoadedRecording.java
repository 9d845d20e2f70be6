package latencyscope.recording;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import latencyscope.jfr.Schema;
import latencyscope.recording.chunk.RecordingException;
import latencyscope.recording.chunk.RecordingException.Problem;
import latencyscope.recording.event.AsRecorded;
import latencyscope.recording.event.EventConsumer;
import latencyscope.recording.event.EventType;
import latencyscope.recording.event.ThreadPools;
import latencyscope.recording.thread.ParserThread;
import latencyscope.recording.thread.ThreadTable;
import org.openjdk.jmc.common.IDescribable;
import org.openjdk.jmc.common.item.IAccessorKey;
import org.openjdk.jmc.common.item.IItem;
import org.openjdk.jmc.common.item.IItemCollection;
import org.openjdk.jmc.common.item.IItemIterable;
import org.openjdk.jmc.common.item.IMemberAccessor;
import org.openjdk.jmc.common.item.IType;
import org.openjdk.jmc.common.unit.IQuantity;
import org.openjdk.jmc.common.unit.UnitLookup;
import org.openjdk.jmc.flightrecorder.JfrAttributes;
import org.openjdk.jmc.flightrecorder.parser.IEventSink;
import org.openjdk.jmc.flightrecorder.parser.ValueField;

/**
 * A recording that Mission Control has loaded already, handed on event by event as its file would
 * be: code that judges recordings need not know which of the two it gets.
 *
 * <p>Mission Control keeps events by type. They are handed on in the order in which they ended,
 * which is the order in which they were committed, and its chunks are distinguished by their times.
 * What Mission Control does not provide is left out: whether a part of the file could not be read.
 *
 * <p>Keeps nothing but the collection. Safe for use by several threads.
 */
public final class LoadedRecording implements EventSource {
  // Of a second type with the same name and other fields, the loader makes one with this appended.
  private static final Pattern SECOND =
      Pattern.compile("\\p{XDigit}{8}(-\\p{XDigit}{4}){3}-\\p{XDigit}{12}$");

  /** What was loaded does not show its chunks, so that none of them is moved. */
  private static final long NO_CHUNK = 0;

  private static final Set<String> LIVES = Set.of("jdk.ThreadStart", "jdk.ThreadEnd");

  private final IItemCollection items;

  /** Wraps all events of a recording. */
  public LoadedRecording(IItemCollection items) {
    this.items = items;
  }

  /** Whether there is any event of LatencyScope's; costs no look at an event of another. */
  public static boolean isOurs(IItemCollection items) {
    for (IItemIterable ofType : items) {
      if (ofType.getType().getIdentifier().startsWith(EventType.PREFIX) && ofType.hasItems()) {
        return true;
      }
    }
    return false;
  }

  @Override
  public Recording read(EventConsumer consumer) throws RecordingException {
    RecordingBuilder builder =
        new RecordingBuilder(interval -> StreamingReader.guarded(() -> consumer.accept(interval)));
    StreamingReader reader = new StreamingReader(builder, consumer, NO_CHUNK);
    try {
      learnThreads(builder.threads);
      // Who lived when is to be known before an event asks.
      handOn(open(reader, LIVES::contains), reader, List.of());
      handOn(open(reader, name -> !LIVES.contains(name)), reader, chunkEnds());
      reader.endOfChunk();
    } catch (StreamingReader.ConsumerFailure e) {
      throw (RuntimeException) e.getCause();
    }
    if (!builder.hasOurs()) {
      throw new RecordingException(Problem.FOREIGN, null, "holds no latencyscope.* events.");
    }
    return new Recording(builder);
  }

  private void learnThreads(ThreadTable threads) {
    ThreadPools pools = ThreadPools.of(items);
    if (pools != null) {
      pools.addTo(threads);
    } else {
      learnNamed(threads);
    }
  }

  /** Learns every thread that an event names, where the recorder's own table is lost. */
  private void learnNamed(ThreadTable threads) {
    for (IItemIterable ofType : items) {
      for (IMemberAccessor<?, IItem> accessor : threadFields(ofType.getType())) {
        Object last = null;
        for (IItem item : ofType) {
          Object thread = accessor.getMember(item);
          if (thread != last) {
            threads.learn(ParserThread.of(thread));
            last = thread;
          }
        }
      }
    }
  }

  private static List<IMemberAccessor<?, IItem>> threadFields(IType<IItem> type) {
    List<IMemberAccessor<?, IItem>> accessors = new ArrayList<>();
    for (IAccessorKey<?> key : type.getAccessorKeys().keySet()) {
      if (key.getContentType() == UnitLookup.THREAD) {
        accessors.add(type.getAccessor(key));
      }
    }
    return accessors;
  }

  // Deprecated in favour of nothing: only the collection itself knows its chunks.
  @SuppressWarnings("deprecation")
  private List<Long> chunkEnds() {
    return items.getUnfilteredTimeRanges().stream().map(r -> epochNs(r.getEnd())).sorted().toList();
  }

  private static long epochNs(IQuantity time) {
    return time == null ? 0 : time.clampedLongValueIn(UnitLookup.EPOCH_NS);
  }

  private PriorityQueue<Lane> open(StreamingReader reader, Function<String, Boolean> wanted) {
    PriorityQueue<Lane> lanes =
        new PriorityQueue<>(Comparator.comparingLong(Lane::end).thenComparing(Lane::name));
    for (IItemIterable ofType : items) {
      String name = SECOND.matcher(ofType.getType().getIdentifier()).replaceFirst("");
      if (wanted.apply(name)) {
        IEventSink sink = reader.sink(type(name, fields(ofType.getType())), label(ofType));
        Lane lane = new Lane(name, ofType, sink);
        if (sink != StreamingReader.IGNORED && lane.advance()) {
          lanes.add(lane);
        }
      }
    }
    return lanes;
  }

  private static String label(IItemIterable ofType) {
    return ofType.getType().getName();
  }

  private static EventType type(String name, List<ValueField> fields) {
    // Mission Control keeps the category, which has the module, to itself.
    String module = Modules.BY_TYPE.getOrDefault(name, Schema.CAPTURE);
    return new EventType(name, new String[] {"", module}, fields);
  }

  private static List<ValueField> fields(IType<IItem> type) {
    List<ValueField> fields = new ArrayList<>();
    for (Map.Entry<IAccessorKey<?>, ? extends IDescribable> entry :
        type.getAccessorKeys().entrySet()) {
      IAccessorKey<?> key = entry.getKey();
      fields.add(new ValueField(key.getIdentifier(), "", "", key.getContentType()));
    }
    return fields;
  }

  private static void handOn(PriorityQueue<Lane> lanes, StreamingReader reader, List<Long> ends) {
    int chunk = 0;
    for (Lane lane = lanes.poll(); lane != null; lane = lanes.poll()) {
      // The caller provides the last chunk's end.
      while (chunk < ends.size() - 1 && lane.end() > ends.get(chunk)) {
        reader.endOfChunk();
        chunk++;
      }
      lane.handOn();
      if (lane.advance()) {
        lanes.add(lane);
      }
    }
  }

  /** Looked up when the first of our events comes. */
  private static final class Modules {
    static final Map<String, String> BY_TYPE =
        Schema.types().stream().collect(Collectors.toMap(Schema.Type::name, Schema.Type::module));
  }

  /** Events of one type that do not overlap, in the order of time. */
  private static final class Lane {
    private final String name;
    private final Iterator<IItem> rest;
    private final IMemberAccessor<IQuantity, IItem> endTime;
    private final List<IMemberAccessor<?, IItem>> accessors = new ArrayList<>();
    private final Object[] values;
    private final IEventSink sink;
    private final List<Consumer<Object[]>> asRecorded;
    private IItem item;
    private long end;

    Lane(String name, IItemIterable ofType, IEventSink sink) {
      this.name = name;
      this.sink = sink;
      rest = ofType.iterator();
      IType<IItem> type = ofType.getType();
      endTime = JfrAttributes.END_TIME.getAccessor(type);
      type.getAccessorKeys().keySet().forEach(key -> accessors.add(type.getAccessor(key)));
      values = new Object[accessors.size()];
      asRecorded = AsRecorded.steps(name, fields(type));
    }

    String name() {
      return name;
    }

    long end() {
      return end;
    }

    /** Takes the next event; false if there is none. */
    boolean advance() {
      if (!rest.hasNext()) {
        return false;
      }
      item = rest.next();
      end = endTime == null ? 0 : epochNs(endTime.getMember(item));
      return true;
    }

    void handOn() {
      for (int i = 0; i < values.length; i++) {
        values[i] = accessors.get(i).getMember(item);
      }
      asRecorded.forEach(step -> step.accept(values));
      sink.addEvent(values);
    }
  }
}
