/** Calls into libc and shared libraries through the foreign function interface. */
package latencyscope.bpf.ffm;
