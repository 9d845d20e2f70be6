package latencyscope.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import latencyscope.cli.console.UserError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each mistake in the broker's configuration is named with its line and what would be right. */
class BrokerFileTest {
  @TempDir Path directory;

  @Test
  void saysWhoIsServed() throws Exception {
    Path file = write("# desk\nallow-users: [alice, 1001]\nallow-groups: trading\n");

    BrokerFile read = BrokerFile.read(file);

    assertEquals(List.of("alice", "1001"), read.users());
    assertEquals(List.of("trading"), read.groups());
    assertEquals(file + ":3: ", read.lines().get("group trading"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ''                                    | :1: the file is empty; name who is served
          allow-user: [alice]                   | :1: 'allow-user' is unknown here; known: allow-g
          allow-groups: [a];allow-users: []     | :2: allow-users: the list is empty; name a user
          allow-groups: []                      | :1: allow-groups: the list is empty; name a group
          allow-users:                          | :1: allow-users: expected the name or number of
          allow-users: alice bob                | :1: allow-users: 'alice bob' cannot be a user
          allow-users: [-x]                     | :1: allow-users[0]: '-x' cannot be a user
          allow-users:;- alice;- alice          | :3: allow-users[1]: 'alice' is there twice; keep
          allow-users: a;allow-users: b         | :2: 'allow-users' is there twice; keep one
          allow-users: [{name: alice}]          | :1: allow-users[0]: expected the name or number
          - alice                               | :1: expected allow-users: [alice] or allow-gro
          allow-users: [alice                   | such as allow-users: [alice]
          """)
  void namesTheLineOfAMistake(String content, String message) throws Exception {
    Path file = write(content.replace(';', '\n') + "\n");

    UserError error = assertThrows(UserError.class, () -> BrokerFile.read(file));

    assertTrue(error.getMessage().startsWith(file + ":"), error.getMessage());
    assertTrue(error.getMessage().contains(message), error.getMessage());
  }

  @Test
  void aFileThatIsNamedMustExist() {
    Path file = directory.resolve("none.yml");

    UserError error = assertThrows(UserError.class, () -> BrokerFile.read(file));

    assertTrue(error.getMessage().startsWith("cannot read " + file), error.getMessage());
  }

  @Test
  void aFolderIsNoFile() {
    Path root = Path.of("/");

    UserError error = assertThrows(UserError.class, () -> BrokerFile.read(root));

    assertEquals("/ is not a regular file; name one with --config", error.getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "file, rw-rw-rw-, everybody",
    "file, rw-r--rw-, everybody",
    "file, rw-rw-r--, its group",
    "folder, rwxrwxrwx, everybody",
    "folder, rwxrwxr-x, its group"
  })
  void whatOthersMayWriteIsNotTrusted(String what, String permissions, String writers)
      throws Exception {
    Path file = write("allow-users: [alice]\n");
    Path writable = what.equals("file") ? file : directory;
    Files.setPosixFilePermissions(writable, PosixFilePermissions.fromString(permissions));

    UserError error = assertThrows(UserError.class, () -> BrokerFile.read(file));

    assertEquals(
        "%s is not trusted: %s may write %s %s, and only its owner may: chmod go-w %s"
            .formatted(file, writers, what, writable, writable),
        error.getMessage());
  }

  @Test
  void aLinkIsTrustedAsTheFolderThatItLeadsTo() throws Exception {
    Path open = Files.createDirectory(directory.resolve("open"));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path target = Files.move(write("allow-users: [alice]\n"), open.resolve("real.yml"));
    Path link = Files.createSymbolicLink(directory.resolve("link.yml"), target);
    assertEquals(List.of("alice"), BrokerFile.read(link).users());
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));

    UserError error = assertThrows(UserError.class, () -> BrokerFile.read(link));

    assertTrue(error.getMessage().endsWith("chmod go-w " + open), error.getMessage());
  }

  @Test
  void aFileOfAnotherUserIsNotTrusted() throws Exception {
    Path file = write("allow-users: [alice]\n");
    int owner = (int) Files.getAttribute(file, "unix:uid");
    // Only root can give a file away; as any other user the file itself is one of another user.
    int nobody = 65_534;
    if (owner == 0) {
      Files.setAttribute(file, "unix:uid", nobody);
    }
    int other = owner == 0 ? nobody : owner;

    UserError error = assertThrows(UserError.class, () -> BrokerFile.checkTrusted(file, 0));

    assertEquals(
        "%s is not trusted: file %s belongs to user %d, and must belong to root: chown root %s"
            .formatted(file, file, other, file),
        error.getMessage());
  }

  private Path write(String content) throws Exception {
    Path file = Files.writeString(directory.resolve("broker.yml"), content);
    // Whatever the umask is.
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    return file;
  }
}
