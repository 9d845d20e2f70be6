package latencyscope.perfetto;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A message of Perfetto's format, decoded by its published field numbers and not by what we write
 * it with. A field that is not among them is an error.
 */
final class Message {
  private static final Map<String, Map<Integer, Field>> FIELDS = fields();

  private final Map<String, List<Object>> values = new LinkedHashMap<>();

  private record Field(String name, String type) {}

  private static Map<String, Map<Integer, Field>> fields() {
    Map<String, Map<Integer, Field>> fields = new HashMap<>();
    try (InputStream in = Message.class.getResourceAsStream("/perfetto/fields.txt")) {
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
        String[] words = line.split(" ");
        if (!words[0].equals("#")) {
          fields
              .computeIfAbsent(words[0], message -> new HashMap<>())
              .put(Integer.valueOf(words[1]), new Field(words[2], words[3]));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return fields;
  }

  /** Decodes a whole trace. */
  static Message trace(byte[] bytes) throws IOException {
    return decode("Trace", ByteString.copyFrom(bytes));
  }

  private static Message decode(String type, ByteString bytes) throws IOException {
    Message message = new Message();
    CodedInputStream in = bytes.newCodedInput();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      int number = WireFormat.getTagFieldNumber(tag);
      Field field = FIELDS.get(type).get(number);
      if (field == null) {
        throw new AssertionError(type + " has no field " + number);
      }
      message
          .values
          .computeIfAbsent(field.name, n -> new ArrayList<>(1))
          .add(value(field, tag, in));
    }
    return message;
  }

  private static Object value(Field field, int tag, CodedInputStream in) throws IOException {
    int wire =
        switch (field.type) {
          case "int" -> WireFormat.WIRETYPE_VARINT;
          case "fixed", "double" -> WireFormat.WIRETYPE_FIXED64;
          default -> WireFormat.WIRETYPE_LENGTH_DELIMITED;
        };
    if (WireFormat.getTagWireType(tag) != wire) {
      throw new AssertionError(field + " has another type");
    }
    return switch (field.type) {
      case "int" -> in.readInt64();
      case "fixed" -> in.readFixed64();
      case "double" -> in.readDouble();
      case "string" -> in.readStringRequireUtf8();
      default -> decode(field.type, in.readBytes());
    };
  }

  boolean has(String field) {
    return values.containsKey(field);
  }

  long number(String field) {
    return has(field) ? (Long) values.get(field).get(0) : 0;
  }

  String text(String field) {
    return has(field) ? (String) values.get(field).get(0) : null;
  }

  Object any(String field) {
    return values.get(field).get(0);
  }

  Message message(String field) {
    return has(field) ? (Message) values.get(field).get(0) : new Message();
  }

  List<Message> messages(String field) {
    return values.getOrDefault(field, List.of()).stream().map(Message.class::cast).toList();
  }

  List<Long> numbers(String field) {
    return values.getOrDefault(field, List.of()).stream().map(Long.class::cast).toList();
  }
}
