package latencyscope.analysis.network;

import latencyscope.analysis.tally.Timed;
import latencyscope.jfr.schema.EventFields;
import latencyscope.recording.event.KernelEvent;

/**
 * A poll of a network device.
 *
 * @param start begin, nanoseconds since the epoch
 * @param duration length, nanoseconds
 * @param cpu where
 * @param device its name
 * @param work packets that it took
 */
record NapiPoll(long start, long duration, int cpu, String device, int work) implements Timed {
  static NapiPoll of(KernelEvent event) {
    return new NapiPoll(
        event.start(),
        event.duration(),
        event.cpu(),
        event.text(EventFields.DEVICE),
        (int) event.number(EventFields.WORK));
  }
}
