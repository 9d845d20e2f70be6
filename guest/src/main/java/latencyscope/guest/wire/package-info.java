/** What a broker and its client say to each other, and how events cross: see docs/broker.md. */
package latencyscope.guest.wire;
