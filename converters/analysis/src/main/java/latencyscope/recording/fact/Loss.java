package latencyscope.recording.fact;

/**
 * Events that happened and are not in the recording.
 *
 * @param module module whose records were lost
 * @param type event type that is incomplete
 * @param reason where and why
 * @param count how many
 */
public record Loss(String module, String type, String reason, long count) {}
