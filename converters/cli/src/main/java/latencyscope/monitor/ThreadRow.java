package latencyscope.monitor;

import latencyscope.recording.thread.ThreadId;

/**
 * One thread in a window.
 *
 * @param thread the thread
 * @param time what it lost
 */
public record ThreadRow(ThreadId thread, LostTime time) {}
