package latencyscope.bpf.btf;

import java.util.Arrays;
import latencyscope.bpf.error.MalformedObjectException;

/**
 * The type records of a .BTF section, by number.
 *
 * <p>Layout as in the kernel's Documentation/bpf/btf.rst. Type 0 is {@code void} and has no record.
 */
public final class Btf {
  public static final int INT = 1;
  static final int POINTER = 2;
  static final int ARRAY = 3;
  public static final int STRUCT = 4;
  public static final int UNION = 5;
  public static final int ENUM = 6;
  public static final int TYPEDEF = 8;
  static final int VOLATILE = 9;
  static final int CONST = 10;
  static final int RESTRICT = 11;
  public static final int VAR = 14;
  public static final int DATASEC = 15;
  static final int FLOAT = 16;
  static final int TYPE_TAG = 18;
  public static final int ENUM64 = 19;

  private static final int MAGIC = 0xeb9f;
  private static final int SMALLEST_HEADER = 24;
  private static final int RECORD_SIZE = 12;
  // Bytes after the common record, by kind: a fixed part, and a part for each of its entries.
  private static final int[] FIXED = {0, 4, 0, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 4, 0, 0};
  private static final int[] ENTRY = {
    0, 0, 0, 0, 12, 12, 8, 0, 0, 0, 0, 0, 0, 8, 0, 12, 0, 0, 0, 12
  };

  private final Bytes types;
  private final Bytes strings;
  private final int[] offsets;

  private Btf(Bytes types, Bytes strings, int[] offsets) {
    this.types = types;
    this.strings = strings;
    this.offsets = offsets;
  }

  public static Btf read(Bytes section) throws MalformedObjectException {
    long headerLength = section.u32(4);
    if (section.u16(0) != MAGIC || section.u8(2) != 1 || headerLength < SMALLEST_HEADER) {
      throw new MalformedObjectException("section .BTF does not begin with a version 1 BTF header");
    }
    Bytes types = section.slice("the BTF types", headerLength + section.u32(8), section.u32(12));
    Bytes strings = section.slice("the BTF names", headerLength + section.u32(16), section.u32(20));
    return new Btf(types, strings, offsets(types));
  }

  /** One more than the highest type number. */
  public int count() {
    return offsets.length;
  }

  public int kind(long type) throws MalformedObjectException {
    return type == 0 ? 0 : (int) (info(type) >> 24) & 0x1f;
  }

  public boolean flag(long type) throws MalformedObjectException {
    return info(type) >> 31 != 0;
  }

  /** Number of members, values or variables. */
  public int entries(long type) throws MalformedObjectException {
    return (int) info(type) & 0xffff;
  }

  public String name(long type) throws MalformedObjectException {
    return string(types.u32(record(type)));
  }

  /** The size of a type that has one, the number of the type that another refers to. */
  public long sizeOrType(long type) throws MalformedObjectException {
    return types.u32(record(type) + 8);
  }

  /** What follows the common record. */
  public Bytes detail(long type) throws MalformedObjectException {
    int length = detailLength(kind(type), entries(type));
    return types.slice("BTF type " + type, record(type) + RECORD_SIZE, length);
  }

  public String string(long offset) throws MalformedObjectException {
    return strings.string(offset);
  }

  private long info(long type) throws MalformedObjectException {
    return types.u32(record(type) + 4);
  }

  private long record(long type) throws MalformedObjectException {
    if (type <= 0 || type >= offsets.length) {
      throw new MalformedObjectException(
          "BTF refers to type " + type + " of " + (offsets.length - 1));
    }
    return offsets[(int) type];
  }

  private static int[] offsets(Bytes types) throws MalformedObjectException {
    int[] offsets = new int[types.length() / RECORD_SIZE + 1];
    int count = 1;
    long at = 0;
    while (types.length() - at >= RECORD_SIZE) {
      offsets[count++] = (int) at;
      long info = types.u32(at + 4);
      at += RECORD_SIZE + detailLength((int) (info >> 24) & 0x1f, (int) info & 0xffff);
    }
    if (at != types.length()) {
      throw new MalformedObjectException("the last BTF type is cut off");
    }
    return Arrays.copyOf(offsets, count);
  }

  private static int detailLength(int kind, int entries) throws MalformedObjectException {
    if (kind == 0 || kind >= FIXED.length) {
      throw new MalformedObjectException("BTF kind " + kind + " is not known to this reader");
    }
    return FIXED[kind] + ENTRY[kind] * entries;
  }
}
