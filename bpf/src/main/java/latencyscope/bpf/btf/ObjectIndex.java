package latencyscope.bpf.btf;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import latencyscope.bpf.error.MalformedObjectException;
import latencyscope.bpf.error.Names;

/** The compiled objects that the build packed into one folder of the class path. */
final class ObjectIndex {
  private record Entry(long size, String sha256) {}

  private final String folder;
  private final Map<String, Entry> entries = new LinkedHashMap<>();

  /**
   * Reads a folder's index.
   *
   * @param folder absolute resource name, such as {@code /latencyscope/bpf}
   */
  ObjectIndex(String folder) throws MalformedObjectException {
    this.folder = folder;
    String text = new String(resource("index"), StandardCharsets.UTF_8);
    for (String line : text.lines().toList()) {
      addLine(line);
    }
  }

  List<String> names() {
    return List.copyOf(entries.keySet());
  }

  /** The object's bytes, exactly as they were built. */
  byte[] read(String name) throws MalformedObjectException {
    Entry entry = entries.get(name);
    if (entry == null) {
      throw Names.unknown("object", name, "the index", entries.keySet());
    }
    byte[] bytes = resource(name + ".bpf.o");
    if (bytes.length != entry.size() || !sha256(bytes).equals(entry.sha256())) {
      throw new MalformedObjectException(
          "object " + name + " is not the one that was built: its SHA-256 differs from the index");
    }
    return bytes;
  }

  private void addLine(String line) throws MalformedObjectException {
    String[] words = line.split(" ");
    if (words.length != 3 || !words[1].matches("[0-9]{1,9}") || words[2].length() != 64) {
      throw new MalformedObjectException("the index of BPF objects has a line «" + line + "»");
    }
    entries.put(words[0], new Entry(Long.parseLong(words[1]), words[2]));
  }

  private byte[] resource(String file) throws MalformedObjectException {
    try (InputStream in = ObjectIndex.class.getResourceAsStream(folder + "/" + file)) {
      if (in == null) {
        throw new MalformedObjectException("the class path has no " + folder + "/" + file);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new MalformedObjectException("cannot read " + folder + "/" + file + ": " + e);
    }
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
