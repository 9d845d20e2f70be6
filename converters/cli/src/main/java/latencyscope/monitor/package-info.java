/** What a live view shows: threads, stalls and CPUs over the last seconds, in constant memory. */
package latencyscope.monitor;
