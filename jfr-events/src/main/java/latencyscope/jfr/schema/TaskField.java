package latencyscope.jfr.schema;

/**
 * Names of the fields that describe a task together. Not every event has all of them: a reader gets
 * no value for those that are missing.
 *
 * @param name its name
 * @param tid its thread id in the initial pid namespace
 * @param pid its process id in the initial pid namespace
 * @param work the work function that it ran, if it is a workqueue's thread
 * @param priority its priority by the kernel's scale
 */
public record TaskField(
    TextField name, NumberField tid, NumberField pid, TextField work, NumberField priority) {}
