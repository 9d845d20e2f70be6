/**
 * What a recording says: its events one by one, and everything else added up.
 *
 * <p>Files are read through the JMC parser as a stream, so that memory does not grow with their
 * size. Times are nanoseconds since the epoch, lengths are nanoseconds.
 */
package latencyscope.recording;
