package latencyscope.cli.monitor;

import java.time.ZoneId;

/**
 * What the screen says of the view itself.
 *
 * @param target what is watched
 * @param seconds for how long
 * @param ownCost CPU time of this process, in words
 * @param askedNs length from which on stalls were to be sent
 * @param stallsNs length from which on they are sent
 * @param blockedNs length from which on waits for something are sent
 * @param paused whether the screen stands still
 * @param message the latest answer to a key; "" for none
 * @param zone zone of wall-clock times
 */
record Header(
    String target,
    long seconds,
    String ownCost,
    long askedNs,
    long stallsNs,
    long blockedNs,
    boolean paused,
    String message,
    ZoneId zone) {}
