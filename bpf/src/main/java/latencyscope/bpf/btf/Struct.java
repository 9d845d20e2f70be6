package latencyscope.bpf.btf;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import latencyscope.bpf.error.Names;

/**
 * The layout of a C struct or union. Immutable.
 *
 * <p>Members of anonymous inner structs and unions appear as members of this one, as they do in C.
 */
public final class Struct {
  private final String name;
  private final int size;
  private final List<Member> members;
  private final List<Hole> holes;

  Struct(String name, int size, List<Member> members) {
    this.name = name;
    this.size = size;
    this.members = List.copyOf(members);
    this.holes = findHoles();
  }

  /**
   * A member.
   *
   * @param name C name
   * @param offset bytes from the start of the struct; for a bit field those of its first bit
   * @param type its type
   */
  public record Member(String name, int offset, Type type) {
    /** Bytes that it occupies. */
    public int size() {
      return type.size();
    }

    private long firstBit() {
      return type instanceof Type.Bits bits ? bits.firstBit() : offset * 8L;
    }

    private long endBit() {
      return type instanceof Type.Bits bits
          ? bits.firstBit() + bits.width()
          : (offset + size()) * 8L;
    }
  }

  /**
   * Padding that belongs to no member, and that a program therefore leaves as it found it.
   *
   * @param offset bytes from the start of the struct
   * @param size bytes that are not wholly covered
   */
  public record Hole(int offset, int size) {}

  /** C name, without the word {@code struct}; empty for an anonymous one. */
  public String name() {
    return name;
  }

  /** Size in bytes, trailing padding included. */
  public int size() {
    return size;
  }

  /** Members in the order of declaration. */
  public List<Member> members() {
    return members;
  }

  /**
   * Finds a member by its C name.
   *
   * @throws IllegalArgumentException when there is none; the message lists those there are
   */
  public Member member(String member) {
    return members.stream()
        .filter(candidate -> candidate.name().equals(member))
        .findFirst()
        .orElseThrow(() -> Names.unknown("member", member, "struct " + name, memberNames()));
  }

  /**
   * Padding, own and of members, in the order of offsets; of an array that of its first element.
   *
   * <p>A record that is sent to user space must have none: what lies there is not zeroed by
   * assigning every member.
   */
  public List<Hole> holes() {
    return holes;
  }

  @Override
  public String toString() {
    return "struct " + name + "[" + size + "]" + memberNames();
  }

  private List<String> memberNames() {
    return members.stream().map(Member::name).collect(Collectors.toList());
  }

  private List<Hole> findHoles() {
    List<Hole> found = new ArrayList<>(gaps());
    for (Member member : members) {
      Type type = member.type();
      if (type instanceof Type.Array array && array.length() > 0) {
        type = array.element();
      }
      if (type instanceof Type.Nested nested) {
        for (Hole hole : nested.struct().holes()) {
          found.add(new Hole(member.offset() + hole.offset(), hole.size()));
        }
      }
    }
    found.sort(Comparator.comparingInt(Hole::offset));
    return List.copyOf(found);
  }

  private List<Hole> gaps() {
    List<Hole> gaps = new ArrayList<>();
    long covered = 0;
    for (Member member : byFirstBit()) {
      addGap(gaps, covered, member.firstBit());
      covered = Math.max(covered, member.endBit());
    }
    addGap(gaps, covered, size * 8L);
    return gaps;
  }

  private List<Member> byFirstBit() {
    return members.stream().sorted(Comparator.comparingLong(Member::firstBit)).toList();
  }

  private static void addGap(List<Hole> gaps, long fromBit, long toBit) {
    if (fromBit < toBit) {
      int first = (int) (fromBit / 8);
      int end = (int) ((toBit + 7) / 8);
      gaps.add(new Hole(first, end - first));
    }
  }
}
