package latencyscope.tune;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;
import latencyscope.audit.Setting.Form;
import latencyscope.cli.console.UserError;
import latencyscope.tune.Place.KernelValue;
import latencyscope.tune.Place.ThreadCpus;

/**
 * What has been written to the host and not yet taken back, in a file of JSON lines: it outlives
 * this process. A line is on the disk before the value that it is about is written. While one
 * process has the journal open, no other one can open it. Used by one thread.
 */
public final class Journal implements AutoCloseable {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");
  private static final int VERSION = 1;

  /**
   * A value that was written, or was about to be.
   *
   * @param id distinguishes it in the journal
   * @param after what was written
   * @param kept what the kernel made of it; the same until that is known
   */
  record Entry(long id, Place place, String before, String after, String kept) {}

  private final Path file;
  private final FileChannel lockFile;
  private final FileLock lock;
  private final FileChannel channel;
  private final TreeMap<Long, Entry> open = new TreeMap<>();
  private String boot;
  private boolean interrupted;
  private long lastId;

  private Journal(Path file, FileChannel lockFile, FileLock lock, FileChannel channel) {
    this.file = file;
    this.lockFile = lockFile;
    this.lock = lock;
    this.channel = channel;
  }

  /**
   * Opens a journal, and makes it if there is none. What is in it of an earlier boot is void: the
   * host has its values of the boot again.
   *
   * @param boot identifies the host's boot
   * @throws UserError if another process has it, it cannot be written, or is damaged
   */
  public static Journal open(Path file, String boot) throws UserError {
    FileChannel lockFile = null;
    try {
      Path folder = file.toAbsolutePath().getParent();
      if (!Files.isDirectory(folder)) {
        Files.createDirectories(folder);
      }
      lockFile = channel(file.resolveSibling(file.getFileName() + ".lock"));
      FileLock lock = lock(lockFile);
      if (lock == null) {
        throw new UserError(
            "another latencyscope tune is at work with " + file + "; wait until it has ended");
      }
      Journal journal = new Journal(file, lockFile, lock, channel(file));
      lockFile = null; // the journal's from here on
      journal.load(boot);
      return journal;
    } catch (IOException e) {
      throw new UserError(
          "the journal "
              + file
              + " cannot be written ("
              + e
              + "); run tune as root, or name another file with --journal",
          e);
    } finally {
      closeQuietly(lockFile);
    }
  }

  private static void closeQuietly(FileChannel channel) {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      // Nothing was written to it.
      return;
    }
  }

  // The lock file stays: who waits for a file that is deleted would have a lock of its own.
  private static FileLock lock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  private static FileChannel channel(Path path) throws IOException {
    return FileChannel.open(
        path,
        Set.of(
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            LinkOption.NOFOLLOW_LINKS),
        PosixFilePermissions.asFileAttribute(OWNER_ONLY));
  }

  private void load(String bootNow) throws IOException, UserError {
    String text = Files.readString(file);
    // A last line that is not whole: the value was not written, since that comes after the line.
    int whole = text.lastIndexOf('\n') + 1;
    channel.truncate(text.substring(0, whole).getBytes(StandardCharsets.UTF_8).length);
    channel.position(channel.size());
    int number = 0;
    for (String line : text.substring(0, whole).split("\n")) {
      number++;
      if (!line.isEmpty()) {
        read(line, number);
      }
    }
    if (boot == null || !boot.equals(bootNow)) {
      open.clear();
      interrupted = false;
      channel.truncate(0);
      boot = bootNow;
      append(MAPPER.createObjectNode().put("version", VERSION).put("boot", boot));
      try (FileChannel folder = FileChannel.open(file.toAbsolutePath().getParent())) {
        folder.force(true); // the name of the file is on the disk, too
      }
    }
  }

  private void read(String line, int number) throws UserError {
    try {
      JsonNode node = MAPPER.readTree(line);
      if (node.has("boot")) {
        boot = node.get("boot").asText();
      } else if (node.has("undone")) {
        open.remove(node.get("undone").asLong());
      } else if (node.has("kept")) {
        Entry entry = open.get(node.get("id").asLong());
        keep(entry, node.get("kept").asText());
      } else if (node.has("begin")) {
        interrupted = node.get("begin").asBoolean();
      } else {
        Entry entry = entry(node);
        lastId = entry.id();
        open.put(entry.id(), entry);
      }
    } catch (JsonProcessingException | RuntimeException e) {
      throw new UserError(
          "line "
              + number
              + " of the journal "
              + file
              + " is damaged; correct it, or delete the file if the values that it names are"
              + " right",
          e);
    }
  }

  private static Entry entry(JsonNode node) {
    Place place;
    if (node.has("file")) {
      String path = node.get("file").asText();
      // Root writes there: never to anything but the kernel's files.
      if (!path.matches("(proc|sys)/.*") || path.contains("..")) {
        throw new IllegalArgumentException(path);
      }
      place = new KernelValue(path, Form.named(node.get("form").asText()));
    } else {
      place =
          new ThreadCpus(
              node.get("tid").longValue(),
              node.get("pid").longValue(),
              node.get("start").textValue(),
              node.get("name").textValue());
    }
    String after = node.get("after").textValue();
    return new Entry(
        node.get("id").longValue(), place, node.get("before").textValue(), after, after);
  }

  private void append(ObjectNode line) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.wrap((MAPPER.writeValueAsString(line) + "\n").getBytes(StandardCharsets.UTF_8));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
    channel.force(true);
  }

  /** What is written now, the oldest first. */
  List<Entry> entries() {
    return new ArrayList<>(open.values());
  }

  /** Whether the last run that wrote ended before it had judged what it wrote. */
  public boolean isInterrupted() {
    return interrupted;
  }

  /** Marks the begin of a run that writes, or its end. */
  void mark(boolean begin) throws IOException {
    append(MAPPER.createObjectNode().put("begin", begin));
    interrupted = begin;
  }

  /** Records a value that is about to be written; on the disk when this returns. */
  Entry add(Place place, String before, String after) throws IOException {
    ObjectNode line = MAPPER.createObjectNode().put("id", ++lastId);
    if (place instanceof KernelValue value) {
      line.put("file", value.file()).put("form", value.form().name().toLowerCase(Locale.ROOT));
    } else if (place instanceof ThreadCpus thread) {
      line.put("tid", thread.tid())
          .put("pid", thread.pid())
          .put("start", thread.start())
          .put("name", thread.name());
    }
    append(line.put("before", before).put("after", after));
    Entry entry = new Entry(lastId, place, before, after, after);
    open.put(lastId, entry);
    return entry;
  }

  /** Records what the kernel made of a value. */
  Entry kept(Entry entry, String value) throws IOException {
    if (value.equals(entry.kept())) {
      return entry;
    }
    append(MAPPER.createObjectNode().put("id", entry.id()).put("kept", value));
    return keep(entry, value);
  }

  private Entry keep(Entry entry, String value) {
    Entry kept = new Entry(entry.id(), entry.place(), entry.before(), entry.after(), value);
    open.put(entry.id(), kept);
    return kept;
  }

  /** Records that values are as they were, or that their places are gone. */
  void undone(Collection<Entry> entries) throws IOException {
    for (Entry entry : entries) {
      append(MAPPER.createObjectNode().put("undone", entry.id()));
      open.remove(entry.id());
    }
  }

  /** Closes it; deletes the file if nothing is in it. */
  @Override
  public void close() throws UserError {
    try (lockFile;
        lock;
        channel) {
      if (open.isEmpty()) {
        Files.deleteIfExists(file);
      }
    } catch (NoSuchFileException e) {
      return; // somebody has deleted it: there was nothing in it
    } catch (IOException e) {
      throw new UserError("the journal " + file + " cannot be closed: " + e, e);
    }
  }
}
