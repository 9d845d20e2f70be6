package latencyscope.bpf.btf;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import latencyscope.bpf.error.MalformedObjectException;

/**
 * Turns BTF records into {@link Type}s, each once.
 *
 * <p>A forged object may hold a struct that contains itself, or thirty structs that each contain
 * two of the next: depth and the members of the whole object are bounded, not only cycles.
 */
public final class TypeReader {
  private static final int DEEPEST = 32;
  private static final int LONGEST_TYPEDEF_CHAIN = 64;
  private static final int MOST_MEMBERS = 1 << 18;
  private static final int ENCODING_SIGNED = 1;
  private static final int ENCODING_BOOL = 4;
  private static final int POINTER_SIZE = 8;

  private final Btf btf;
  private final Map<Long, Type> types = new HashMap<>();
  private final Map<Struct, Integer> memberCounts = new HashMap<>();
  private int depth;
  private int totalMembers;

  public TypeReader(Btf btf) {
    this.btf = btf;
  }

  /** The type behind typedefs, {@code const} and {@code volatile}. */
  long unqualified(long type) throws MalformedObjectException {
    long current = type;
    for (int steps = 0; steps < LONGEST_TYPEDEF_CHAIN; steps++) {
      switch (btf.kind(current)) {
        case Btf.TYPEDEF, Btf.CONST, Btf.VOLATILE, Btf.RESTRICT, Btf.TYPE_TAG ->
            current = btf.sizeOrType(current);
        default -> {
          return current;
        }
      }
    }
    throw new MalformedObjectException("BTF type " + type + " is an endless chain of typedefs");
  }

  Type read(long type) throws MalformedObjectException {
    long plain = unqualified(type);
    Type known = types.get(plain);
    if (known == null) {
      known = readPlain(plain);
      types.put(plain, known);
    }
    return known;
  }

  /** The struct or union that a type is. */
  Struct struct(long type) throws MalformedObjectException {
    if (read(type) instanceof Type.Nested(Struct struct)) {
      return struct;
    }
    throw new MalformedObjectException("BTF type " + type + " is no struct");
  }

  /** The enum that a type is. */
  public Type.Enumeration enumeration(long type) throws MalformedObjectException {
    if (read(type) instanceof Type.Enumeration enumeration) {
      return enumeration;
    }
    throw new MalformedObjectException("BTF type " + type + " is no enum");
  }

  private Type readPlain(long plain) throws MalformedObjectException {
    return switch (btf.kind(plain)) {
      case Btf.INT -> integer(plain);
      case Btf.POINTER -> new Type.Pointer(POINTER_SIZE);
      case Btf.ARRAY -> array(plain);
      case Btf.STRUCT, Btf.UNION -> new Type.Nested(readStruct(plain));
      case Btf.ENUM, Btf.ENUM64 -> readEnumeration(plain);
      case Btf.FLOAT -> new Type.Real(size(plain));
      default ->
          throw new MalformedObjectException(
              "BTF type " + plain + " of kind " + btf.kind(plain) + " has no values");
    };
  }

  private Type readEnumeration(long type) throws MalformedObjectException {
    boolean wide = btf.kind(type) == Btf.ENUM64;
    Bytes detail = btf.detail(type);
    int stride = wide ? 12 : 8;
    Map<String, Long> values = new LinkedHashMap<>();
    for (int i = 0; i < btf.entries(type); i++) {
      long at = (long) i * stride;
      long low = detail.u32(at + 4);
      // Compilers before BTF had a sign flag wrote -1 as an unsigned enum: signed suits both.
      long value = wide ? detail.u32(at + 8) << 32 | low : (int) low;
      values.put(btf.string(detail.u32(at)), value);
    }
    return new Type.Enumeration(btf.name(type), size(type), values);
  }

  private Type integer(long type) throws MalformedObjectException {
    int encoding = btf.detail(type).u8(3);
    if ((encoding & ENCODING_BOOL) != 0) {
      return new Type.Bool(size(type));
    }
    return new Type.Int(size(type), (encoding & ENCODING_SIGNED) != 0);
  }

  private Type array(long type) throws MalformedObjectException {
    Bytes detail = btf.detail(type);
    long elementType = unqualified(detail.u32(0));
    long length = detail.u32(8);
    Type element = nested(() -> read(elementType));
    if (element.size() * length > Integer.MAX_VALUE || length > Integer.MAX_VALUE) {
      throw new MalformedObjectException("BTF type " + type + " is an array beyond 2 GiB");
    }
    boolean text = btf.kind(elementType) == Btf.INT && btf.name(elementType).equals("char");
    return text ? new Type.Chars((int) length) : new Type.Array(element, (int) length);
  }

  private Struct readStruct(long type) throws MalformedObjectException {
    List<Struct.Member> members = new ArrayList<>();
    int size = size(type);
    String name = btf.name(type);
    Bytes detail = btf.detail(type);
    for (int i = 0; i < btf.entries(type); i++) {
      addMember(members, name, size, detail.slice("a member of struct " + name, i * 12L, 12), type);
    }
    int count = count(members);
    Struct struct = new Struct(name, size, members);
    memberCounts.put(struct, count);
    return struct;
  }

  private void addMember(
      List<Struct.Member> members, String owner, int ownerSize, Bytes detail, long ownerType)
      throws MalformedObjectException {
    String name = btf.string(detail.u32(0));
    long place = detail.u32(8);
    int firstBit = (int) (btf.flag(ownerType) ? place & 0xffffff : place & Integer.MAX_VALUE);
    int width = (int) (btf.flag(ownerType) ? place >> 24 : 0);
    Type type = nested(() -> read(detail.u32(4)));
    long endBit = firstBit + (width > 0 ? width : type.size() * 8L);
    if (endBit > ownerSize * 8L || width == 0 && firstBit % 8 != 0) {
      throw new MalformedObjectException(
          "member "
              + name
              + " of struct "
              + owner
              + " does not lie within its "
              + ownerSize
              + " bytes");
    }
    if (width > 0) {
      type =
          new Type.Bits(type.size(), firstBit, width, type instanceof Type.Int(_, boolean s) && s);
    }
    if (name.isEmpty() && type instanceof Type.Nested(Struct inner)) {
      addToTotal(inner.members().size());
      for (Struct.Member member : inner.members()) {
        members.add(moved(member, firstBit / 8));
      }
    } else {
      members.add(new Struct.Member(name, firstBit / 8, type));
    }
  }

  private static Struct.Member moved(Struct.Member member, int by) {
    Type type = member.type();
    if (type instanceof Type.Bits(int size, int firstBit, int width, boolean signed)) {
      type = new Type.Bits(size, firstBit + by * 8, width, signed);
    }
    return new Struct.Member(member.name(), member.offset() + by, type);
  }

  /** Members with those of nested structs, which is also the most holes that a struct can have. */
  private int count(List<Struct.Member> members) throws MalformedObjectException {
    int count = 0;
    for (Struct.Member member : members) {
      Type type = member.type();
      while (type instanceof Type.Array array) {
        type = array.element();
      }
      int added = type instanceof Type.Nested(Struct inner) ? 1 + memberCounts.get(inner) : 1;
      count += added;
      addToTotal(added);
    }
    return count;
  }

  private void addToTotal(int members) throws MalformedObjectException {
    totalMembers += members;
    if (totalMembers > MOST_MEMBERS) {
      throw new MalformedObjectException("the structs have more than " + MOST_MEMBERS + " members");
    }
  }

  private int size(long type) throws MalformedObjectException {
    long size = btf.sizeOrType(type);
    if (size > Integer.MAX_VALUE) {
      throw new MalformedObjectException("BTF type " + type + " is larger than 2 GiB");
    }
    return (int) size;
  }

  private interface Reading {
    Type run() throws MalformedObjectException;
  }

  private Type nested(Reading reading) throws MalformedObjectException {
    if (++depth > DEEPEST) {
      throw new MalformedObjectException("BTF types are nested deeper than " + DEEPEST);
    }
    try {
      return reading.run();
    } finally {
      depth--;
    }
  }
}
