/** Which causes cost the target's threads most, over all modules: what a reader needs first. */
package latencyscope.analysis.top;
