package latencyscope.recording.chunk;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Kinds of files that are given instead of a recording, recognized by their first bytes.
 *
 * @param begin first bytes
 * @param sentence what it is, and what helps
 */
record FileKind(byte[] begin, String sentence) {
  private static final int SHOWN = 12;

  private static final List<FileKind> KNOWN =
      List.of(
          kind("it is compressed with gzip; unpack it first: gunzip FILE.", 0x1f, 0x8b),
          kind("it is a zip archive; unpack it first: unzip FILE.", 'P', 'K', 3, 4),
          kind("it is compressed with LZ4; unpack it first: lz4 -d FILE.", 4, 0x22, 0x4d, 0x18),
          kind(
              "it is compressed with zstd; unpack it first: zstd -d FILE.", 0x28, 0xb5, 0x2f, 0xfd),
          kind("it is compressed with xz; unpack it first: xz -d FILE.", 0xfd, '7', 'z', 'X', 'Z'),
          kind("it is a heap dump.", "JAVA PROFILE"),
          kind("it is a core file or a program.", "\u007fELF"),
          kind(
              "it looks like JSON; give the recording it was made of, or two reports to diff.",
              "{"),
          kind("it is a histogram log; give the recording that it was made of.", "#[Logged"));

  private static FileKind kind(String sentence, int... begin) {
    byte[] bytes = new byte[begin.length];
    for (int i = 0; i < begin.length; i++) {
      bytes[i] = (byte) begin[i];
    }
    return new FileKind(bytes, sentence);
  }

  private static FileKind kind(String sentence, String begin) {
    return new FileKind(begin.getBytes(StandardCharsets.ISO_8859_1), sentence);
  }

  /**
   * What a file is that does not begin as a recording does.
   *
   * @param begin its first bytes
   * @param length how many of them there are
   */
  static String of(byte[] begin, int length) {
    for (FileKind kind : KNOWN) {
      int size = kind.begin.length;
      if (length >= size && Arrays.equals(begin, 0, size, kind.begin, 0, size)) {
        return kind.sentence;
      }
    }
    StringBuilder shown = new StringBuilder();
    for (int i = 0; i < Math.min(length, SHOWN); i++) {
      shown.append(begin[i] >= ' ' && begin[i] < 127 ? (char) begin[i] : '.');
    }
    return "it begins with '" + shown + "', not with FLR.";
  }
}
