package latencyscope.recording.chunk;

import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Which fields of a chunk's event types have the annotation {@code jdk.jfr.Contextual} (JDK 25, and
 * async-profiler's spans). The parser drops the annotations that it does not know, so the chunk's
 * own description of its types is read once more. Used by one thread.
 */
public final class ContextualFields {
  /** No field is contextual. */
  public static final ContextualFields NONE = new ContextualFields(null, null);

  private static final String ANNOTATION = "jdk.jfr.Contextual";
  private static final int DEEPEST = 100;
  private static final int FIELDS_BEFORE_TEXTS = 5; // size, type, start, duration and number

  private static final int EMPTY = 1;
  private static final int UTF8 = 3;
  private static final int CHARACTERS = 4;
  private static final int LATIN1 = 5;

  private final Path file;
  private final Chunk chunk;
  private Map<String, Set<String>> fields;

  /** Those of one chunk, which is read when they are first asked for. */
  public ContextualFields(Path file, Chunk chunk) {
    this.file = file;
    this.chunk = chunk;
  }

  /** The contextual fields of an event type; empty if it has none, or if they cannot be read. */
  public Set<String> of(String type) {
    if (fields == null) {
      fields = file == null ? Map.of() : read();
    }
    return fields.getOrDefault(type, Set.of());
  }

  private Map<String, Set<String>> read() {
    try (FileChannel channel = FileChannel.open(file)) {
      Description description = new Description(new ChunkBytes(channel, chunk));
      return description.hasAnnotation() ? description.contextual() : Map.of();
    } catch (IOException e) {
      return Map.of(); // damage is reported by the reader of the chunk's events
    }
  }

  /** A chunk's description of its types: texts, and a tree of elements that refer to them. */
  private final class Description {
    private final ChunkBytes bytes;
    private final String[] texts;
    private final Map<String, Map<String, Set<String>>> annotated = new HashMap<>();
    private final Map<String, String> types = new HashMap<>();

    Description(ChunkBytes bytes) throws IOException {
      this.bytes = bytes;
      bytes.seek(chunk.header().metadata());
      for (int i = 0; i < FIELDS_BEFORE_TEXTS; i++) {
        bytes.readLong();
      }
      texts = new String[count()];
      for (int i = 0; i < texts.length; i++) {
        texts[i] = text();
      }
    }

    boolean hasAnnotation() {
      for (String text : texts) {
        if (ANNOTATION.equals(text)) {
          return true;
        }
      }
      return false;
    }

    Map<String, Set<String>> contextual() throws IOException {
      element(null, null, 0);
      return annotated.getOrDefault(types.get(ANNOTATION), Map.of());
    }

    // Annotations come before their own type is described, so all are kept until the end.
    private void element(String type, String field, int depth) throws IOException {
      if (depth > DEEPEST) {
        throw new EOFException("elements within elements without end");
      }
      String kind = texts[index()];
      Map<String, String> attributes = new HashMap<>();
      for (int i = count(); i > 0; i--) {
        String key = texts[index()];
        attributes.put(key, texts[index()]);
      }
      String name = attributes.get("name");
      if ("class".equals(kind)) {
        types.put(name, attributes.get("id"));
      } else if ("annotation".equals(kind) && field != null) {
        annotated
            .computeIfAbsent(attributes.get("class"), id -> new HashMap<>())
            .computeIfAbsent(type, owner -> new HashSet<>())
            .add(field);
      }
      for (int i = count(); i > 0; i--) {
        element("class".equals(kind) ? name : type, "field".equals(kind) ? name : field, depth + 1);
      }
    }

    /** A number of things, each of which takes a byte or more. */
    private int count() throws IOException {
      int count = bytes.readInt();
      if (count < 0 || count > chunk.size() - bytes.position()) {
        throw new EOFException("more of them than bytes");
      }
      return count;
    }

    private int index() throws IOException {
      int index = bytes.readInt();
      if (index < 0 || index >= texts.length) {
        throw new EOFException("a text that does not exist");
      }
      return index;
    }

    private String text() throws IOException {
      int encoding = bytes.readByte();
      if (encoding <= EMPTY) {
        return "";
      }
      int length = count();
      if (encoding == CHARACTERS) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
          text.append((char) bytes.readInt());
        }
        return text.toString();
      }
      if (encoding != UTF8 && encoding != LATIN1) {
        throw new EOFException("an unknown encoding");
      }
      byte[] encoded = new byte[length];
      for (int i = 0; i < length; i++) {
        encoded[i] = bytes.readByte();
      }
      return new String(
          encoded, encoding == UTF8 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1);
    }
  }
}
