package latencyscope.agent.broker;

import latencyscope.guest.wire.Messages;

/** A client is not served. */
final class RefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient Messages.Refused message;

  /**
   * Says why, and what to do: sentences without a full stop.
   *
   * @param remedy with the command that helps
   */
  RefusedException(String reason, String remedy) {
    super(reason + "; " + remedy);
    message = new Messages.Refused(reason, remedy);
  }

  /** The refusal as a message for the client. */
  Messages.Refused message() {
    return message;
  }
}
