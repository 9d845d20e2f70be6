package latencyscope.recording.event;

import java.util.Arrays;

/** Hands every event to several consumers, in their order. */
public final class EventFan implements EventConsumer {
  // An array: for each event a list would make an iterator and a lambda.
  private final EventConsumer[] consumers;

  /** Creates a fan. */
  public EventFan(EventConsumer... consumers) {
    this.consumers = consumers.clone();
  }

  @Override
  public void accept(KernelEvent event) {
    for (EventConsumer consumer : consumers) {
      consumer.accept(event);
    }
  }

  @Override
  public void acceptExemplar(KernelEvent exemplar) {
    for (EventConsumer consumer : consumers) {
      consumer.acceptExemplar(exemplar);
    }
  }

  @Override
  public boolean wants(String type) {
    return Arrays.stream(consumers).anyMatch(consumer -> consumer.wants(type));
  }

  @Override
  public void accept(JvmEvent event) {
    for (EventConsumer consumer : consumers) {
      if (consumer.wants(event.type())) {
        consumer.accept(event);
      }
    }
  }

  @Override
  public void accept(MeasuredInterval interval) {
    for (EventConsumer consumer : consumers) {
      consumer.accept(interval);
    }
  }

  @Override
  public void endOfChunk() {
    for (EventConsumer consumer : consumers) {
      consumer.endOfChunk();
    }
  }
}
