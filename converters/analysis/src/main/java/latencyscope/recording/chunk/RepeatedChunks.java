package latencyscope.recording.chunk;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Finds chunks that are there more than once, so that each is counted once: a file that was given
 * twice, two dumps of one recording, files that were joined.
 *
 * <p>A chunk is known by when its JVM began it: two clocks of the host, one of which counts
 * nanoseconds or cycles since its boot. Of several copies the one is read that is not damaged; of
 * one that was copied while its JVM wrote it and again later, the longest has all.
 */
public final class RepeatedChunks {
  private record Identity(long startNanos, long startTicks, long ticksPerSecond) {
    static Identity of(ChunkHeader header) {
      return new Identity(header.startNanos(), header.startTicks(), header.ticksPerSecond());
    }

    /** In a damaged file there may be none. */
    boolean isKnown() {
      return startNanos != 0 && startTicks != 0;
    }
  }

  private record Place(int file, Chunk chunk) {}

  private final List<Path> files;
  private final Map<Identity, Place> kept = new HashMap<>();
  private final Set<Place> left = new HashSet<>();

  /**
   * Looks at all files.
   *
   * @param indexes of the files, in their order
   */
  public RepeatedChunks(List<Path> files, List<ChunkIndex> indexes) {
    this.files = files;
    for (int file = 0; file < indexes.size(); file++) {
      for (Chunk chunk : indexes.get(file).chunks()) {
        add(new Place(file, chunk));
      }
    }
  }

  private void add(Place place) {
    Identity identity = Identity.of(place.chunk.header());
    Place before = identity.isKnown() ? kept.putIfAbsent(identity, place) : null;
    if (before == null) {
      return;
    }
    boolean better = isBetter(place, before);
    left.add(better ? before : place);
    if (better) {
      kept.put(identity, place);
    }
  }

  private boolean isBetter(Place place, Place before) {
    boolean sound = isSound(place);
    return sound == isSound(before) ? place.chunk.size() > before.chunk.size() : sound;
  }

  private boolean isSound(Place place) {
    try {
      return ChunkCheck.of(files.get(place.file), place.chunk) == null;
    } catch (IOException e) {
      return false;
    }
  }

  /** Whether a chunk of a file is to be left out, because it is read elsewhere. */
  public boolean isLeftOut(int file, Chunk chunk) {
    return left.contains(new Place(file, chunk));
  }

  /** What was left out, as sentences. */
  public List<String> notes() {
    Map<Integer, Integer> counts = new LinkedHashMap<>();
    left.stream()
        .sorted((a, b) -> Integer.compare(a.file, b.file))
        .forEach(place -> counts.merge(place.file, 1, Integer::sum));
    List<String> notes = new ArrayList<>();
    counts.forEach((file, count) ->
        notes.add(
            String.format(
                Locale.ROOT,
                "%s repeats %,d %s that %s there already: counted once.",
                files.get(file).getFileName(),
                count,
                count == 1 ? "chunk" : "chunks",
                count == 1 ? "is" : "are")));
    return notes;
  }
}
