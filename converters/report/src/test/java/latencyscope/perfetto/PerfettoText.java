package latencyscope.perfetto;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import latencyscope.perfetto.proto.DebugAnnotation;
import latencyscope.perfetto.proto.FtraceEvent;
import latencyscope.perfetto.proto.FtraceEventBundle;
import latencyscope.perfetto.proto.InternedData;
import latencyscope.perfetto.proto.Trace;
import latencyscope.perfetto.proto.TracePacket;
import latencyscope.perfetto.proto.TrackDescriptor;
import latencyscope.perfetto.proto.TrackEvent;

/** A trace in Perfetto's format as lines of text: one for each packet, with names for numbers. */
public final class PerfettoText {
  private final Map<Long, String> names = new HashMap<>();
  private final Map<Long, String> keys = new HashMap<>();
  private final Map<Long, String> categories = new HashMap<>();
  private final Map<Long, String> tracks = new HashMap<>();
  private final StringBuilder text = new StringBuilder();

  private PerfettoText() {}

  /** Decodes a trace. */
  public static String of(byte[] trace) throws InvalidProtocolBufferException {
    PerfettoText decoder = new PerfettoText();
    Trace.parseFrom(trace).getPacketList().forEach(decoder::add);
    return decoder.text.toString();
  }

  private void add(TracePacket packet) {
    learn(packet.getInternedData());
    switch (packet.getDataCase()) {
      case CLOCK_SNAPSHOT ->
          line(
              "clocks",
              packet.getClockSnapshot().getClocksList().stream()
                  .map(clock -> clock.getClockId() + "=" + clock.getTimestamp())
                  .collect(Collectors.joining(" ")));
      case SYSTEM_INFO -> line("kernel", packet.getSystemInfo().getUtsname().getRelease());
      case PROCESS_TREE ->
          packet
              .getProcessTree()
              .getThreadsList()
              .forEach(t -> line("task", t.getTid() + " of " + t.getTgid() + " " + t.getName()));
      case TRACK_DESCRIPTOR -> track(packet.getTrackDescriptor());
      case TRACK_EVENT -> event(packet.getTimestamp(), packet.getTrackEvent());
      case FTRACE_EVENTS -> scheduling(packet.getFtraceEvents());
      default -> line("default clock", packet.getTracePacketDefaults().getTimestampClockId() + "");
    }
  }

  private void learn(InternedData data) {
    data.getEventNamesList().forEach(name -> names.put(name.getIid(), name.getName()));
    data.getDebugAnnotationNamesList().forEach(name -> keys.put(name.getIid(), name.getName()));
    data.getEventCategoriesList().forEach(name -> categories.put(name.getIid(), name.getName()));
  }

  private void line(String kind, String rest) {
    text.append(kind).append(' ').append(rest).append('\n');
  }

  private void track(TrackDescriptor track) {
    String name =
        track.hasThread()
            ? "thread " + track.getThread().getTid() + " " + track.getThread().getThreadName()
            : track.hasProcess()
                ? "process "
                    + track.getProcess().getPid()
                    + " "
                    + track.getProcess().getProcessName()
                : (track.hasCounter() ? "counter " : "row ") + track.getName();
    String parent = tracks.get(track.getParentUuid());
    tracks.put(track.getUuid(), parent == null ? name : parent + " / " + name);
    line("track", tracks.get(track.getUuid()));
  }

  private void event(long time, TrackEvent event) {
    String track = "[" + tracks.get(event.getTrackUuid()) + "]";
    switch (event.getType()) {
      case TYPE_SLICE_END -> line(time + " end", track);
      case TYPE_COUNTER -> line(time + " " + event.getCounterValue(), track);
      default ->
          line(
              time + (event.getType() == TrackEvent.Type.TYPE_INSTANT ? " at" : " begin"),
              track
                  + " "
                  + names.get(event.getNameIid())
                  + event.getCategoryIidsList().stream()
                      .map(id -> " (" + categories.get(id) + ")")
                      .collect(Collectors.joining())
                  + event.getFlowIdsList().stream()
                      .map(id -> " ->" + id)
                      .collect(Collectors.joining())
                  + event.getTerminatingFlowIdsList().stream()
                      .map(id -> " <-" + id)
                      .collect(Collectors.joining())
                  + event.getDebugAnnotationsList().stream()
                      .map(this::argument)
                      .collect(Collectors.joining()));
    }
  }

  private String argument(DebugAnnotation argument) {
    Object value =
        switch (argument.getValueCase()) {
          case BOOL_VALUE -> argument.getBoolValue();
          case INT_VALUE -> argument.getIntValue();
          case DOUBLE_VALUE -> argument.getDoubleValue();
          default -> argument.getStringValue().replace("\n", "\\n");
        };
    return " " + keys.get(argument.getNameIid()) + "=" + value;
  }

  private void scheduling(FtraceEventBundle bundle) {
    for (FtraceEvent event : bundle.getEventList()) {
      String at = event.getTimestamp() + " cpu " + bundle.getCpu();
      if (event.hasSchedSwitch()) {
        line(
            at + " switch",
            event.getSchedSwitch().getPrevComm()
                + "/"
                + event.getSchedSwitch().getPrevPid()
                + " state "
                + event.getSchedSwitch().getPrevState()
                + " -> "
                + event.getSchedSwitch().getNextComm()
                + "/"
                + event.getSchedSwitch().getNextPid());
      } else {
        line(
            at + " waking",
            event.getPid()
                + " wakes "
                + event.getSchedWaking().getComm()
                + "/"
                + event.getSchedWaking().getPid()
                + " to cpu "
                + event.getSchedWaking().getTargetCpu());
      }
    }
  }
}
