package latencyscope.bpf.btf;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import latencyscope.bpf.error.MalformedObjectException;

/** Writes BTF by hand, also such as no compiler would. */
public final class BtfSection {
  private final ByteArrayOutputStream types = new ByteArrayOutputStream();
  private final ByteArrayOutputStream strings = new ByteArrayOutputStream();
  private int count;

  public BtfSection() {
    strings.write(0);
  }

  public int name(String name) {
    int offset = strings.size();
    strings.writeBytes((name + "\0").getBytes(StandardCharsets.UTF_8));
    return offset;
  }

  /** Adds a type and returns its number. */
  public int type(String name, int kind, int entries, int sizeOrType, int... detail) {
    ByteBuffer record = ByteBuffer.allocate(12 + 4 * detail.length).order(ByteOrder.LITTLE_ENDIAN);
    record.putInt(name(name)).putInt(kind << 24 | entries).putInt(sizeOrType);
    for (int word : detail) {
      record.putInt(word);
    }
    types.writeBytes(record.array());
    return ++count;
  }

  Bytes bytes() {
    return Bytes.of("section .BTF", array());
  }

  public byte[] array() {
    int typesLength = types.size();
    ByteBuffer section =
        ByteBuffer.allocate(24 + typesLength + strings.size()).order(ByteOrder.LITTLE_ENDIAN);
    section.putShort((short) 0xeb9f).put((byte) 1).put((byte) 0).putInt(24);
    section.putInt(0).putInt(typesLength).putInt(typesLength).putInt(strings.size());
    section.put(types.toByteArray()).put(strings.toByteArray());
    return section.array();
  }

  TypeReader reader() throws MalformedObjectException {
    return new TypeReader(Btf.read(bytes()));
  }
}
