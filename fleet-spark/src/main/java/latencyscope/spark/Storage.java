package latencyscope.spark;

import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;

/** Opens file systems. */
final class Storage {
  private Storage() {}

  /**
   * The file system of a path. A local one is used as it is: Hadoop's checksums would be more files
   * beside the tables.
   */
  static FileSystem of(Path path, Configuration configuration) throws IOException {
    FileSystem system = path.getFileSystem(configuration);
    return system instanceof LocalFileSystem local ? local.getRaw() : system;
  }
}
