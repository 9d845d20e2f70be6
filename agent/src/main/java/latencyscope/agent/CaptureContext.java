package latencyscope.agent;

/**
 * What the modules of one capture share. Used by one thread at a time.
 *
 * @param clock converts the kernel's time
 * @param threads tells who a thread is
 * @param strings texts of records
 */
record CaptureContext(TickClock clock, ThreadDirectory threads, RecordStrings strings) {}
