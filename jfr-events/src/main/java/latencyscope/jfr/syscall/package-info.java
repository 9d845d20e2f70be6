/** Events: blocking system calls, sleeps and waits for locks. */
package latencyscope.jfr.syscall;
