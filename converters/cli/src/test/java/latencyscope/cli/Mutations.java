package latencyscope.cli;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import latencyscope.recording.EngineRecording;

/** Damages a real recording: the same seed always damages it in the same way. */
final class Mutations {
  private static final int MOST = 8;
  private static final int LONG_RUN = 4_000;
  private static final int HEADER = 68;
  private static final List<Integer> EVENTS = EngineRecording.events();

  private static final long[] ODD = {
    0, 1, -1, 67, 68, Integer.MAX_VALUE, Integer.MIN_VALUE, Long.MAX_VALUE, Long.MIN_VALUE
  };

  private final Random random;
  private byte[] bytes = EngineRecording.bytes();

  private Mutations(long seed) {
    random = new Random(seed);
  }

  /** A damaged recording. */
  static byte[] of(long seed) {
    return new Mutations(seed).mutated();
  }

  private byte[] mutated() {
    int times = 1 + random.nextInt(3);
    for (int i = 0; i < times; i++) {
      mutate();
    }
    return switch (random.nextInt(12)) {
      case 0 -> joined(EngineRecording.bytes(), bytes);
      case 1 -> joined(bytes, EngineRecording.bytes());
      default -> bytes;
    };
  }

  private void mutate() {
    switch (random.nextInt(13)) {
      case 0 -> flip(0, bytes.length);
      case 1 -> fill((byte) 0);
      case 2 -> fill((byte) 0xff);
      case 3 -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
      case 4 -> remove();
      case 5 -> duplicate();
      case 6 -> swap();
      case 7 -> header();
      case 8 -> flip(0, HEADER);
      default -> event();
    }
  }

  private int position() {
    return random.nextInt(Math.max(1, bytes.length));
  }

  private int run(int from) {
    return Math.min(bytes.length - from, 1 + random.nextInt(1 + random.nextInt(LONG_RUN)));
  }

  private void flip(int from, int to) {
    int end = Math.min(to, bytes.length);
    for (int n = 1 + random.nextInt(MOST); n > 0 && from < end; n--) {
      bytes[from + random.nextInt(end - from)] = (byte) random.nextInt();
    }
  }

  private void fill(byte value) {
    int from = position();
    Arrays.fill(bytes, from, from + Math.max(0, run(from)), value);
  }

  private void remove() {
    int from = position();
    int to = from + Math.max(0, run(from));
    bytes = joined(Arrays.copyOf(bytes, from), Arrays.copyOfRange(bytes, to, bytes.length));
  }

  private void duplicate() {
    int from = position();
    byte[] part = Arrays.copyOfRange(bytes, from, from + Math.max(0, run(from)));
    bytes = joined(Arrays.copyOf(bytes, from), part, Arrays.copyOfRange(bytes, from, bytes.length));
  }

  private void swap() {
    int one = position();
    int other = position();
    int length = Math.max(0, Math.min(run(one), run(other)));
    byte[] part = Arrays.copyOfRange(bytes, one, one + length);
    System.arraycopy(bytes, other, bytes, one, length);
    System.arraycopy(part, 0, bytes, other, length);
  }

  // Each of its seven long numbers.
  private void header() {
    int at = Long.BYTES * (1 + random.nextInt(7));
    long value = random.nextBoolean() ? ODD[random.nextInt(ODD.length)] : random.nextInt(1 << 20);
    for (int i = 0; i < Long.BYTES && at + i < bytes.length; i++) {
      bytes[at + i] = (byte) (value >>> 56 - 8 * i);
    }
  }

  /** Most bytes are a description of types: chosen by event, values change as often. */
  private void event() {
    int which = random.nextInt(EVENTS.size() - 1);
    flip(EVENTS.get(which), EVENTS.get(which + 1));
  }

  private static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      joined.writeBytes(part);
    }
    return joined.toByteArray();
  }
}
