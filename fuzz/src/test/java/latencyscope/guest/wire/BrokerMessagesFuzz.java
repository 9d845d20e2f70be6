package latencyscope.guest.wire;

import java.io.IOException;
import latencyscope.fuzz.Choices;

/**
 * What either side of a broker's socket may be sent: it is a message, or an {@link IOException}. A
 * message that was understood is understood again.
 */
public final class BrokerMessagesFuzz {
  private BrokerMessagesFuzz() {}

  /** Reads a payload as one of the messages. */
  public static void fuzzerTestOneInput(byte[] bytes) {
    Choices choices = new Choices(bytes);
    int kind = choices.below(10);
    try {
      Messages.Message message = read(kind, choices.rest());
      if (!message.equals(read(kind, message.payload()))) {
        throw new AssertionError(message + " is another one when it is read again");
      }
    } catch (IOException e) {
      return; // the connection ends
    }
  }

  private static Messages.Message read(int kind, byte[] payload) throws IOException {
    return switch (kind) {
      case 0 -> Messages.Hello.read(payload);
      case 1 -> Messages.Welcome.read(payload);
      case 2 -> Messages.Open.read(payload);
      case 3 -> Messages.Wishes.read(payload);
      case 4 -> Messages.Opened.read(payload);
      case 5 -> Messages.Position.read(payload);
      case 6 -> Messages.Complete.read(payload);
      case 7 -> Messages.Done.read(payload);
      case 8 -> Messages.Regions.read(payload);
      default -> Messages.Refused.read(payload);
    };
  }
}
