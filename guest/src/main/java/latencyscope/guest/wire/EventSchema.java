package latencyscope.guest.wire;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The types of events as one side knows them: names, and fields with their kinds, in the order in
 * which their values cross. Another version of LatencyScope may know others. Immutable.
 *
 * @param types in the order of the numbers that events carry
 */
public record EventSchema(List<Type> types) {
  /** More is no schema. */
  private static final int MOST = 512;

  /** Copies the list. */
  public EventSchema {
    types = List.copyOf(types);
  }

  /** A type with its fields. */
  public record Type(String name, List<Field> fields) {
    /** Copies the list. */
    public Type {
      fields = List.copyOf(fields);
    }
  }

  /** A field. */
  public record Field(String name, String kind) {}

  static EventSchema of(List<EventLayout> layouts) {
    return new EventSchema(
        layouts.stream()
            .map(layout ->
                new Type(
                    layout.type().getSimpleName(),
                    layout.members().stream()
                        .map(member -> new Field(member.name(), member.kind().name()))
                        .toList()))
            .toList());
  }

  void write(DataOutput out) throws IOException {
    out.writeShort(types.size());
    for (Type type : types) {
      out.writeUTF(type.name);
      out.writeShort(type.fields.size());
      for (Field field : type.fields) {
        out.writeUTF(field.name);
        out.writeUTF(field.kind);
      }
    }
  }

  static EventSchema read(DataInput in) throws IOException {
    List<Type> types = new ArrayList<>();
    for (int left = count(in); left > 0; left--) {
      String name = in.readUTF();
      List<Field> fields = new ArrayList<>();
      for (int more = count(in); more > 0; more--) {
        fields.add(new Field(in.readUTF(), in.readUTF()));
      }
      types.add(new Type(name, fields));
    }
    return new EventSchema(types);
  }

  private static int count(DataInput in) throws IOException {
    int count = in.readUnsignedShort();
    if (count > MOST) {
      throw new IOException("a schema with " + count + " entries");
    }
    return count;
  }
}
