/** What HotSpot and the JDK know about themselves: structures, threads, mutexes, memory. */
package latencyscope.guest.hotspot;
