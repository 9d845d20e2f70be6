/** Verdicts on blocking system calls, sleeps and waits for locks. */
package latencyscope.analysis.syscall;
