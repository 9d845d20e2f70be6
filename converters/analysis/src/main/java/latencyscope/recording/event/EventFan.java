package latencyscope.recording.event;

import java.util.List;

/** Hands every event to several consumers, in their order. */
public final class EventFan implements EventConsumer {
  private final List<EventConsumer> consumers;

  /** Creates a fan. */
  public EventFan(EventConsumer... consumers) {
    this.consumers = List.of(consumers);
  }

  @Override
  public void accept(KernelEvent event) {
    consumers.forEach(consumer -> consumer.accept(event));
  }

  @Override
  public void acceptExemplar(KernelEvent exemplar) {
    consumers.forEach(consumer -> consumer.acceptExemplar(exemplar));
  }

  @Override
  public boolean wants(String type) {
    return consumers.stream().anyMatch(consumer -> consumer.wants(type));
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
    consumers.forEach(consumer -> consumer.accept(interval));
  }

  @Override
  public void endOfChunk() {
    consumers.forEach(EventConsumer::endOfChunk);
  }
}
