package latencyscope.truth.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A disk of its own that keeps whoever writes to it waiting for as long as a test likes. */
public final class FrozenDisk implements AutoCloseable {
  private final Path folder;
  private boolean frozen;

  private FrozenDisk(Path folder) {
    this.folder = folder;
  }

  /** Makes one below a folder. */
  public static FrozenDisk in(Path parent) throws IOException, InterruptedException {
    Path image = parent.resolve("disk.img");
    Path folder = Files.createDirectory(parent.resolve("disk"));
    Commands.output("truncate", "-s", "256m", image.toString());
    Commands.output("mkfs.ext4", "-q", image.toString());
    Commands.output("mount", "-o", "loop", image.toString(), folder.toString());
    return new FrozenDisk(folder);
  }

  public Path folder() {
    return folder;
  }

  /** From now on who writes waits. */
  public void freeze() throws IOException, InterruptedException {
    Commands.output("fsfreeze", "--freeze", folder.toString());
    frozen = true;
  }

  /** Who waits may go on. */
  public void thaw() throws IOException, InterruptedException {
    Commands.output("fsfreeze", "--unfreeze", folder.toString());
    frozen = false;
  }

  @Override
  public void close() throws IOException {
    try {
      if (frozen) {
        thaw();
      }
      // Lazily: an engine that has just been killed may have something open still.
      Commands.output("umount", "--lazy", folder.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("still mounted", e);
    }
  }
}
