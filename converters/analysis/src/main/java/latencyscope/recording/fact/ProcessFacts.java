package latencyscope.recording.fact;

/**
 * A process as it was at the end of the recording.
 *
 * @param pid its id
 * @param name the kernel's name of it; null if not known
 * @param started when it was started, nanoseconds since the epoch, exact to 10 ms; 0 if not known
 * @param parent the process that started or adopted it; 0 if none is known
 * @param parentName the kernel's name of that; null if not known
 * @param program path of its program or script, without arguments; null if not known
 * @param controlGroup path of its control group; null if not known
 * @param ended whether it had ended
 */
public record ProcessFacts(
    long pid,
    String name,
    long started,
    long parent,
    String parentName,
    String program,
    String controlGroup,
    boolean ended) {}
