package latencyscope.perfetto;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What Perfetto's trace processor makes of switches and wakeups: its tables {@code sched} and
 * {@code thread_state}, by the rules of its ftrace importer (v52), without its code.
 */
final class SchedModel {
  /** A row of {@code sched}; the idle task's are left out. */
  record Slice(long cpu, long start, long duration, long task, long priority) {}

  /** A slice of an interrupt's line or of a softirq's vector. */
  record Interrupt(long cpu, long start, long duration, boolean soft, long number) {}

  /** A row of {@code thread_state}; a duration of -1 is one that was never ended. */
  record State(long task, String state, long start, long duration, long waker) {}

  /** An event sched_switch. */
  record Switch(long cpu, long time, long prev, long next, long nextPriority) {}

  final List<Switch> switches = new ArrayList<>();
  final List<Slice> slices = new ArrayList<>();
  final List<State> states = new ArrayList<>();
  final List<String> errors = new ArrayList<>();
  final List<Interrupt> irqs = new ArrayList<>();

  private final Map<Long, Running> running = new HashMap<>();
  private final Map<Long, Open> open = new HashMap<>();
  private final Map<String, List<long[]>> irqOpen = new HashMap<>();

  private record Running(long task, long since, long priority) {}

  private record Open(String state, long since, long waker) {}

  private record Event(long cpu, Message event) {
    long time() {
      return event.number("timestamp");
    }
  }

  /**
   * @param cpus the order in which events of different CPUs at the same time are taken
   */
  static SchedModel of(Message trace, Comparator<Long> cpus) {
    Map<Long, List<Event>> queues = new TreeMap<>(cpus);
    for (Message packet : trace.messages("packet")) {
      Message bundle = packet.message("ftrace_events");
      long cpu = bundle.number("cpu");
      List<Event> queue = queues.computeIfAbsent(cpu, c -> new ArrayList<>());
      bundle.messages("event").forEach(event -> queue.add(new Event(cpu, event)));
    }
    SchedModel model = new SchedModel();
    List<Event> all = new ArrayList<>();
    queues
        .values()
        .forEach(queue -> {
          model.checkOrder(queue);
          all.addAll(queue);
        });
    all.sort(Comparator.comparingLong(Event::time));
    all.forEach(model::add);
    model.finish();
    return model;
  }

  private void checkOrder(List<Event> queue) {
    for (int i = 1; i < queue.size(); i++) {
      if (queue.get(i).time() < queue.get(i - 1).time()) {
        errors.add("not in the order of time: " + queue.get(i).time());
      }
    }
  }

  private void add(Event event) {
    Message message = event.event;
    if (event.time() < 0) {
      errors.add("dropped, since it is before 0: " + event.time());
    }
    if (message.has("sched_switch")) {
      switched(event.cpu, event.time(), message.message("sched_switch"));
    } else if (message.has("sched_waking")) {
      long woken = message.message("sched_waking").number("pid");
      waking(event.time(), woken, message.number("pid"));
    } else {
      interrupt(event);
    }
  }

  private void switched(long cpu, long time, Message change) {
    long prev = change.number("prev_pid");
    long next = change.number("next_pid");
    switches.add(new Switch(cpu, time, prev, next, change.number("next_prio")));
    Running before = running.get(cpu);
    if (before != null && before.task != prev) {
      errors.add("mismatched_sched_switch_tids at " + time + " on CPU " + cpu);
    } else if (before != null && prev != 0) {
      slices.add(new Slice(cpu, before.since, time - before.since, prev, before.priority));
    }
    running.put(cpu, new Running(next, time, change.number("next_prio")));
    Open was = open.get(prev);
    boolean lost = was != null && !was.state.equals("Running");
    close(prev, time, lost);
    open(prev, state((int) change.number("prev_state")), time, 0);
    close(next, time, false);
    open(next, "Running", time, 0);
  }

  // As tracepoint sched_switch writes it since Linux 4.14.
  private String state(int raw) {
    return switch (raw) {
      case 0 -> "R";
      case 0x100 -> "R+";
      case 1 -> "S";
      case 2 -> "D";
      case 4 -> "T";
      case 8 -> "t";
      case 16 -> "X";
      case 64 -> "P";
      case 128 -> "I";
      default -> {
        errors.add("task_state_invalid " + raw);
        yield "?";
      }
    };
  }

  private void waking(long time, long task, long waker) {
    Open was = open.get(task);
    if (was != null && (was.state.equals("Running") || was.state.equals("R"))) {
      return; // only what is blocked can be woken
    }
    close(task, time, false);
    open(task, "R", time, waker);
  }

  private void open(long task, String state, long time, long waker) {
    if (task != 0) {
      open.put(task, new Open(state, time, waker));
    }
  }

  private void close(long task, long time, boolean lost) {
    Open was = open.remove(task);
    if (was != null) {
      states.add(new State(task, was.state, was.since, lost ? -1 : time - was.since, was.waker));
    }
  }

  private void interrupt(Event event) {
    for (String kind : List.of("irq_handler", "softirq")) {
      List<long[]> stack = irqOpen.computeIfAbsent(kind + event.cpu, k -> new ArrayList<>());
      if (event.event.has(kind + "_entry")) {
        Message entry = event.event.message(kind + "_entry");
        stack.add(new long[] {event.time(), entry.number("irq") + entry.number("vec")});
      } else if (event.event.has(kind + "_exit")) {
        if (stack.isEmpty()) {
          errors.add("an interrupt ends that did not begin: " + event.time());
        } else {
          long[] begun = stack.remove(stack.size() - 1);
          boolean soft = kind.equals("softirq");
          irqs.add(new Interrupt(event.cpu, begun[0], event.time() - begun[0], soft, begun[1]));
        }
      }
    }
  }

  private void finish() {
    List.copyOf(open.keySet()).forEach(task -> close(task, 0, true));
    irqOpen.forEach((cpu, stack) -> stack.forEach(left -> errors.add("no end of " + cpu)));
  }

  /** How long a task was in each state, without those that were 0. */
  Map<String, Long> sums(long task) {
    Map<String, Long> sums = new TreeMap<>();
    for (State state : states) {
      if (state.task == task && state.duration > 0) {
        sums.merge(state.state, state.duration, Long::sum);
      }
    }
    return sums;
  }
}
