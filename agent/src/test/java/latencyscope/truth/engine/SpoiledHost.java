package latencyscope.truth.engine;

import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import javax.tools.ToolProvider;

/** Makes what a host or a build may have wrong, for an engine to be started with. */
public final class SpoiledHost {
  /** {@code r6 = *(u64 *)(r1 + 0)}, and the same of a register that holds nothing yet. */
  private static final byte[] READ_CONTEXT = {0x79, 0x16, 0, 0, 0, 0, 0, 0};

  private static final byte[] READ_NOTHING = {0x79, 0x26, 0, 0, 0, 0, 0, 0};

  private SpoiledHost() {}

  /** A libbpf.so.1 that has next to nothing of what one of today has. */
  public static Path oldLibbpf(Path folder) throws IOException, InterruptedException {
    Path source = folder.resolve("old.c");
    Files.writeString(source, "void *bpf_object__open_mem(void) { return 0; }\n");
    Path library = folder.resolve("libbpf-old.so");
    Commands.output(
        "gcc", "-shared", "-fPIC", "-Wl,-soname,libbpf.so.1", "-o", "" + library, "" + source);
    return library;
  }

  /** The released jar with a module whose programs no kernel accepts. */
  public static Path jarWithRefusedModule(Path folder, String module) throws Exception {
    Path jar = Files.copy(Engine.JAR, folder.resolve("refused.jar"));
    try (FileSystem content = FileSystems.newFileSystem(jar)) {
      Path objects = content.getPath("latencyscope", "bpf");
      Path object = objects.resolve(module + ".bpf.o");
      byte[] bytes = Files.readAllBytes(object);
      int at = find(bytes, READ_CONTEXT);
      System.arraycopy(READ_NOTHING, 0, bytes, at, READ_NOTHING.length);
      Files.write(object, bytes);
      String digest = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
      List<String> index = new ArrayList<>();
      for (String line : Files.readAllLines(objects.resolve("index"))) {
        boolean own = line.startsWith(module + " ");
        index.add(own ? module + " " + bytes.length + " " + digest : line);
      }
      Files.write(objects.resolve("index"), index);
    }
    return jar;
  }

  private static int find(byte[] bytes, byte[] wanted) {
    for (int at = 0; at + wanted.length <= bytes.length; at += Long.BYTES) {
      if (Arrays.equals(bytes, at, at + wanted.length, wanted, 0, wanted.length)) {
        return at;
      }
    }
    throw new AssertionError("no such instruction");
  }

  /** A class of the tests as an older Java wants it. */
  public static Path compiledFor(String release, Class<?> type, Path folder) {
    return compiled(type, "--release", release, "-d", "" + folder, source(type));
  }

  /** A class of the tests beside a jar that it needs. */
  public static Path compiledWith(Path jar, Class<?> type, Path folder) {
    return compiled(type, "-proc:none", "-cp", "" + jar, "-d", "" + folder, source(type));
  }

  private static String source(Class<?> type) {
    return "src/test/java/" + type.getName().replace('.', '/') + ".java";
  }

  private static Path compiled(Class<?> type, String... arguments) {
    int result = ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments);
    if (result != 0) {
      throw new AssertionError(type + " cannot be compiled for it");
    }
    return Path.of(arguments[arguments.length - 2]);
  }
}
