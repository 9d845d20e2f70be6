/** What of a host stands against low latency, as the kernel's own files show it. */
package latencyscope.audit;
