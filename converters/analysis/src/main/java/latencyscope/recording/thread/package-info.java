/** Threads in a recording: their ids in both namespaces, and their names. */
package latencyscope.recording.thread;
