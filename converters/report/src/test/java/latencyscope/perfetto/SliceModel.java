package latencyscope.perfetto;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What Perfetto's trace processor makes of track events: slices, counters and arrows, by the rules
 * of its importer (v52), without its code. An end closes what began last on its row.
 */
final class SliceModel {
  /**
   * A slice or an instant.
   *
   * @param thread OS thread id of its row; -1 if that is not a thread's
   */
  record Slice(
      String name, long thread, long start, long duration, Map<String, Object> arguments) {}

  /** One end of an arrow. */
  record End(long thread, long time) {}

  final List<Slice> slices = new ArrayList<>();
  final Map<Long, End> arrowsFrom = new HashMap<>();
  final Map<Long, End> arrowsTo = new HashMap<>();

  /** Of each clock, what it had at the snapshot. */
  final Map<Long, Long> clocks = new HashMap<>();

  final List<String> errors = new ArrayList<>();
  final Map<Long, List<Long>> counters = new TreeMap<>();

  private final Map<Long, String> names = new HashMap<>();
  private final Map<Long, String> keys = new HashMap<>();
  private final Map<Long, Message> tracks = new HashMap<>();
  private final Map<Long, List<Slice>> open = new HashMap<>();
  private final Map<Long, Integer> flows = new HashMap<>();

  static SliceModel of(Message trace) {
    SliceModel model = new SliceModel();
    List<Message> events = new ArrayList<>();
    long snapshot = Long.MAX_VALUE;
    for (Message packet : trace.messages("packet")) {
      model.learn(packet);
      if (packet.has("track_event")) {
        events.add(packet);
      }
      for (Message clock : packet.message("clock_snapshot").messages("clocks")) {
        snapshot = clock.number("clock_id") == 6 ? clock.number("timestamp") : snapshot;
        model.clocks.put(clock.number("clock_id"), clock.number("timestamp"));
      }
    }
    events.sort(Comparator.comparingLong(packet -> packet.number("timestamp")));
    for (Message packet : events) {
      if (packet.number("timestamp") < snapshot) {
        model.errors.add("before the first snapshot: " + packet.number("timestamp"));
      }
      model.add(packet.number("timestamp"), packet.message("track_event"));
    }
    model.open.forEach((track, left) -> left.forEach(s -> model.errors.add("no end of " + s)));
    model.flows.forEach((flow, ends) -> {
      if (ends != 2) {
        model.errors.add("arrow " + flow + " has " + ends + " ends");
      }
    });
    return model;
  }

  private void learn(Message packet) {
    Message interned = packet.message("interned_data");
    interned.messages("event_names").forEach(n -> names.put(n.number("iid"), n.text("name")));
    interned
        .messages("debug_annotation_names")
        .forEach(n -> keys.put(n.number("iid"), n.text("name")));
    if (packet.has("track_descriptor")) {
      Message track = packet.message("track_descriptor");
      tracks.put(track.number("uuid"), track);
    }
  }

  /** Rows whose parent is a thread's are that thread's, too. */
  private long thread(long uuid) {
    Message track = tracks.get(uuid);
    while (track != null && !track.has("thread")) {
      track = tracks.get(track.number("parent_uuid"));
    }
    return track == null ? -1 : track.message("thread").number("tid");
  }

  private void add(long time, Message event) {
    long track = event.number("track_uuid");
    if (!tracks.containsKey(track)) {
      errors.add("no row " + track);
    }
    event.numbers("flow_ids").forEach(flow -> flows.merge(flow, 1, Integer::sum));
    event.numbers("terminating_flow_ids").forEach(flow -> flows.merge(flow, 1, Integer::sum));
    End end = new End(thread(track), time);
    event.numbers("flow_ids").forEach(flow -> arrowsFrom.put(flow, end));
    event.numbers("terminating_flow_ids").forEach(flow -> arrowsTo.put(flow, end));
    List<Slice> stack = open.computeIfAbsent(track, t -> new ArrayList<>());
    switch ((int) event.number("type")) {
      case 1 -> stack.add(slice(time, -1, event, track));
      case 2 -> {
        if (stack.isEmpty()) {
          errors.add("an end without a begin at " + time);
        } else {
          Slice begun = stack.remove(stack.size() - 1);
          slices.add(
              new Slice(
                  begun.name, begun.thread, begun.start, time - begun.start, begun.arguments));
        }
      }
      case 3 -> slices.add(slice(time, 0, event, track));
      default -> counters.computeIfAbsent(track, t -> new ArrayList<>()).add(time);
    }
  }

  private Slice slice(long time, long duration, Message event, long track) {
    String name = event.has("name") ? event.text("name") : names.get(event.number("name_iid"));
    Map<String, Object> arguments = new TreeMap<>();
    for (Message argument : event.messages("debug_annotations")) {
      String key =
          argument.has("name") ? argument.text("name") : keys.get(argument.number("name_iid"));
      for (String kind : List.of("bool_value", "int_value", "double_value", "string_value")) {
        if (argument.has(kind)) {
          arguments.put(key, argument.any(kind));
        }
      }
    }
    return new Slice(name, thread(track), time, duration, arguments);
  }

  List<Slice> named(String name) {
    return slices.stream().filter(slice -> name.equals(slice.name)).toList();
  }
}
