/** The channel without BPF: exact counts of each thread, from {@code /proc}. */
package latencyscope.guest.accounts;
