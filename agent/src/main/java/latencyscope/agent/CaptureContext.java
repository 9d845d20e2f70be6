package latencyscope.agent;

/**
 * What the modules of one capture share. Used by one thread at a time.
 *
 * @param clock converts the kernel's time
 * @param threads tells who a thread is
 * @param strings texts of records
 * @param memory tells what the target uses its memory for
 * @param pages tells where its pages are
 * @param triggers watches for events that are to be written to a file
 */
record CaptureContext(
    TickClock clock,
    ThreadDirectory threads,
    RecordStrings strings,
    TargetMemory memory,
    TargetPages pages,
    Triggers triggers) {}
