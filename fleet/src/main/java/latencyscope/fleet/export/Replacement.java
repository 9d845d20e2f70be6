package latencyscope.fleet.export;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Puts a capture in its place, and takes away those that it replaces. What is to be done is noted
 * beside the written rows first: if the process is killed in between, the next one completes it.
 * Each step may have been done already.
 *
 * @param folder temporary folder, which holds the note and the rows
 * @param tables folder of the tables
 * @param register is updated
 */
record Replacement(Path folder, Path tables, ChunkRegister register) {
  private static final String NOTE = "replacement";
  private static final int LINES = 3;

  /**
   * Carries one out.
   *
   * @param written the rows, in the temporary folder
   * @param place where they are to be
   * @param superseded captures whose rows they have, too
   * @param chunks what they are of
   */
  void of(Path written, Path place, List<Path> superseded, List<String> chunks) throws IOException {
    List<String> note = new ArrayList<>();
    note.add(written.getFileName().toString());
    note.add(tables.relativize(place).toString());
    note.add(String.join(" ", chunks));
    superseded.forEach(capture -> note.add(tables.relativize(capture).toString()));
    Path draft = folder.resolve(NOTE + ".new");
    Files.write(draft, note, StandardCharsets.UTF_8);
    Files.move(draft, folder.resolve(NOTE), StandardCopyOption.ATOMIC_MOVE);
    complete();
  }

  /** Does what is noted; nothing if there is no note. */
  void complete() throws IOException {
    Path note = folder.resolve(NOTE);
    if (!Files.exists(note)) {
      return;
    }
    List<String> lines = Files.readAllLines(note, StandardCharsets.UTF_8);
    Path written = folder.resolve(lines.get(0));
    Path place = tables.resolve(lines.get(1));
    Files.createDirectories(place.getParent());
    for (int i = LINES; i < lines.size(); i++) {
      move(tables.resolve(lines.get(i)), folder.resolve(lines.get(0) + "-old-" + i));
    }
    move(written, place);
    register.put(List.of(lines.get(2).split(" ")), place);
    Files.delete(note);
  }

  // Who finds it done has been killed here before, or another process had the same recording.
  private static void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (FileSystemException e) {
      if (!Files.exists(to)) {
        throw e;
      }
    }
  }
}
