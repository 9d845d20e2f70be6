package latencyscope.bpf.btf;

import java.util.Arrays;

/** Numbers as the bytes of a C variable. */
public final class Scalars {
  private Scalars() {}

  /** Little-endian, as long as the variable's type; refuses a value that the type cannot hold. */
  public static byte[] encode(Variable variable, long value) {
    int size = variable.size();
    if (!fits(variable.type(), value)) {
      throw new IllegalArgumentException(
          variable.name() + " cannot hold " + value + ": its type is " + variable.type());
    }
    return encode(value, size);
  }

  public static byte[] encode(long value, int size) {
    byte[] bytes = new byte[Long.BYTES];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (value >>> 8 * i);
    }
    return Arrays.copyOf(bytes, size);
  }

  private static boolean fits(Type type, long value) {
    return switch (type) {
      case Type.Bool _ -> value == 0 || value == 1;
      case Type.Int(int size, boolean signed) -> fits(size, signed, value);
      case Type.Enumeration enumeration -> enumeration.constant(value) != null;
      default -> false;
    };
  }

  private static boolean fits(int size, boolean signed, long value) {
    if (size >= Long.BYTES) {
      return size == Long.BYTES; // 64 bits hold any long, as -1 for all ones where unsigned
    }
    int bits = size * 8;
    return signed ? value == value << 64 - bits >> 64 - bits : value >>> bits == 0;
  }
}
