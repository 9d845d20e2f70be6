package latencyscope.fleet.export;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.SQLException;
import latencyscope.fleet.duckdb.Appender;
import latencyscope.recording.event.EventConsumer;
import latencyscope.recording.event.KernelEvent;

/** Writes the events of the kernel that are long enough as they are read: none is kept. */
final class EventRows implements EventConsumer {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final Appender rows;
  private final long leastNs;

  /** That a row could not be written: a consumer cannot throw anything else. */
  static final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Failure(SQLException cause) {
      super(cause);
    }
  }

  EventRows(Appender rows, long leastNs) {
    this.rows = rows;
    this.leastNs = leastNs;
  }

  @Override
  public void accept(KernelEvent event) {
    if (event.duration() < leastNs) {
      return;
    }
    try {
      rows.add(
          event.module(),
          event.type(),
          event.thread() == null ? null : event.thread().name(),
          event.thread() == null ? null : event.thread().osTid(),
          event.cpu(),
          event.start(),
          event.duration(),
          MAPPER.writeValueAsString(event.fields()));
    } catch (SQLException e) {
      throw new Failure(e);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("maps of numbers and texts are always JSON", e);
    }
  }

  @Override
  public void acceptExemplar(KernelEvent event) {
    accept(event);
  }
}
