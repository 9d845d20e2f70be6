/** The part that lives in the engine: prepares the agent and follows the recordings of its JVM. */
package latencyscope.guest.recording;
