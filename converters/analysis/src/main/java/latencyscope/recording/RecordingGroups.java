package latencyscope.recording;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import latencyscope.recording.chunk.RecordingException;
import latencyscope.recording.chunk.RecordingException.Problem;

/** Finds out which of several files are parts of one recording. */
public final class RecordingGroups {
  private RecordingGroups() {}

  /**
   * One recording.
   *
   * @param files its parts
   * @param recording what the first of them that has data of LatencyScope says
   */
  public record Group(List<Path> files, Recording recording) {
    /** Copies the list. */
    public Group {
      files = List.copyOf(files);
    }

    /** Name of the first file, without its folder. */
    public String name() {
      return files.get(0).getFileName().toString();
    }

    /** Process, host, as far as known, in words. */
    public String inWords() {
      String host = ClockRelation.name(recording);
      return "process " + recording.capture().targetPid() + (host == null ? "" : " on " + host);
    }
  }

  /**
   * Sorts files by process and host; reads each of them. What has no data of LatencyScope, such as
   * async-profiler's file, belongs to the file before it.
   *
   * @throws RecordingException if one cannot be read
   */
  public static List<Group> of(List<Path> files) throws RecordingException {
    List<List<Path>> found = new ArrayList<>();
    List<Recording> recordings = new ArrayList<>();
    List<Path> before = new ArrayList<>();
    RecordingException foreign = null;
    int last = -1;
    for (Path file : files) {
      Recording recording = null;
      try {
        recording = Recording.read(file);
      } catch (RecordingException e) {
        if (e.problem() != Problem.FOREIGN) {
          throw e;
        }
        foreign = e;
      }
      if (recording == null && last < 0) {
        before.add(file);
      } else if (recording == null) {
        found.get(last).add(file);
      } else {
        last = place(recordings, recording);
        if (last == recordings.size()) {
          recordings.add(recording);
          found.add(new ArrayList<>());
        }
        found.get(last).add(file);
      }
    }
    if (recordings.isEmpty()) {
      throw foreign;
    }
    found.get(0).addAll(0, before);
    List<Group> groups = new ArrayList<>();
    for (int i = 0; i < recordings.size(); i++) {
      groups.add(new Group(found.get(i), recordings.get(i)));
    }
    return groups;
  }

  private static int place(List<Recording> known, Recording next) {
    int place = 0;
    while (place < known.size() && isOther(known.get(place), next)) {
      place++;
    }
    return place;
  }

  // What does not say of which process or host it is, is not kept apart.
  private static boolean isOther(Recording one, Recording other) {
    long pid = one.capture().targetPid();
    long otherPid = other.capture().targetPid();
    if (pid >= 0 && otherPid >= 0 && pid != otherPid) {
      return true;
    }
    String host = ClockRelation.name(one);
    String otherHost = ClockRelation.name(other);
    return host != null && otherHost != null && !host.equals(otherHost);
  }
}
