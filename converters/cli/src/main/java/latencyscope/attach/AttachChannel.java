package latencyscope.attach;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Sends requests to a JVM as {@code jcmd} does, by the first version of the protocol, which every
 * HotSpot JVM speaks: its socket, or, if it has not opened one yet, a file beside it and a signal.
 *
 * <p>{@code jcmd} itself would be another JVM on the machine that is to be measured, and sees
 * neither the processes of other containers nor those of JVMs older than it knows. Safe for use by
 * several threads.
 */
public final class AttachChannel {
  private static final String VERSION = "1";
  private static final int ARGUMENTS = 3;
  private static final long CHECK_MILLIS = 10;
  private static final Duration OPEN_LIMIT = Duration.ofSeconds(5);

  private final JvmProcess jvm;

  private AttachChannel(JvmProcess jvm) {
    this.jvm = jvm;
  }

  /**
   * Makes sure that a JVM takes requests.
   *
   * @throws AttachException if it does not
   */
  public static AttachChannel open(JvmProcess jvm) throws AttachException {
    AttachChannel channel = new AttachChannel(jvm);
    if (!channel.isOpen()) {
      channel.askToOpen();
    }
    return channel;
  }

  private Path socket() throws AttachException {
    return jvm.root().resolve("tmp").resolve(".java_pid" + jvm.ownPid());
  }

  // Anybody may put a file there, or, in a container, a link to anywhere.
  private boolean isOpen() throws AttachException {
    Path socket = socket();
    if (!Files.exists(socket, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    try {
      boolean link = Files.isSymbolicLink(socket.getParent());
      if (link || !Files.getOwner(socket, LinkOption.NOFOLLOW_LINKS).equals(jvm.owner().owner())) {
        throw new AttachException(
            "its attach socket belongs to another user, or is a symbolic" + " link");
      }
      return true;
    } catch (IOException e) {
      throw new AttachException("its attach socket cannot be read: " + e.getMessage(), e);
    }
  }

  private void askToOpen() throws AttachException {
    jvm.checkListens();
    Path request = Path.of(".attach_pid" + jvm.ownPid());
    try (TemporaryFiles files = TemporaryFiles.of(jvm)) {
      files.create(request, new byte[0]);
      signal();
      long startedAt = System.nanoTime();
      while (!isOpen()) {
        if (System.nanoTime() - startedAt > OPEN_LIMIT.toNanos()) {
          throw new AttachException("it did not answer within " + OPEN_LIMIT.toSeconds() + " s");
        }
        Thread.sleep(CHECK_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AttachException("the wait for it was interrupted", e);
    }
  }

  // Java cannot send it; every shell can.
  private void signal() throws AttachException, InterruptedException {
    try {
      Process kill =
          new ProcessBuilder("/bin/sh", "-c", "kill -QUIT " + jvm.pid())
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (kill.waitFor() != 0) {
        throw new AttachException("no permission to send it a signal");
      }
    } catch (IOException e) {
      throw new AttachException("it cannot be sent a signal: " + e.getMessage(), e);
    }
  }

  /**
   * Runs a diagnostic command, such as {@code JFR.check}, and returns what it printed.
   *
   * @throws AttachException if the JVM does not answer in time, or the command failed
   */
  public String command(String command, Duration limit) throws AttachException {
    return request(limit, "jcmd", command);
  }

  /**
   * A system property as the JVM has it now; null if it is not set.
   *
   * @throws AttachException if the JVM does not answer in time
   */
  public String property(String name, Duration limit) throws AttachException {
    // In the form of a properties file, whose special characters our names do not have.
    return request(limit, "properties")
        .lines()
        .filter(line -> line.startsWith(name + "="))
        .map(line -> line.substring(name.length() + 1))
        .findFirst()
        .orElse(null);
  }

  private String request(Duration limit, String... words) throws AttachException {
    CompletableFuture<String> answer = new CompletableFuture<>();
    SocketChannel channel = connect();
    Thread reader =
        new Thread(
            () -> {
              try {
                answer.complete(exchange(channel, words));
              } catch (IOException | RuntimeException e) {
                answer.completeExceptionally(e);
              }
            },
            "latencyscope-attach");
    reader.setDaemon(true);
    reader.start();
    try (channel) {
      return parse(answer.get(limit.toMillis(), TimeUnit.MILLISECONDS));
    } catch (TimeoutException e) {
      throw new AttachException("it did not answer within " + limit.toSeconds() + " s", e);
    } catch (ExecutionException e) {
      throw new AttachException("the connection broke: " + e.getCause().getMessage(), e.getCause());
    } catch (IOException e) {
      throw new AttachException("the connection broke: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AttachException("the wait for it was interrupted", e);
    }
  }

  private SocketChannel connect() throws AttachException {
    try {
      SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
      try {
        channel.connect(UnixDomainSocketAddress.of(socket()));
        return channel;
      } catch (IOException e) {
        channel.close();
        throw e;
      }
    } catch (IOException e) {
      throw new AttachException(
          jvm.runs()
              ? "its attach socket refused the connection: " + e.getMessage()
              : "it has" + " ended",
          e);
    }
  }

  private static String exchange(SocketChannel channel, String... words) throws IOException {
    StringBuilder request = new StringBuilder(VERSION).append('\0');
    for (int i = 0; i <= ARGUMENTS; i++) {
      request.append(i < words.length ? words[i] : "").append('\0');
    }
    ByteBuffer out = StandardCharsets.UTF_8.encode(request.toString());
    while (out.hasRemaining()) {
      channel.write(out);
    }
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    ByteBuffer in = ByteBuffer.allocate(8_192);
    while (channel.read(in) >= 0) {
      all.write(in.array(), 0, in.position());
      in.clear();
    }
    return all.toString(StandardCharsets.UTF_8);
  }

  // The first line is a number, 0 for success.
  private static String parse(String answer) throws AttachException {
    int end = answer.indexOf('\n');
    if (end < 0) {
      throw new AttachException("permission denied: it runs as another user");
    }
    String text = answer.substring(end + 1).strip();
    if (!answer.substring(0, end).strip().equals("0")) {
      throw new AttachException("it refused: " + firstLine(text));
    }
    return text;
  }

  static String firstLine(String text) {
    return text.lines().map(String::strip).filter(line -> !line.isEmpty()).findFirst().orElse("");
  }
}
