/**
 * From a recording to verdicts: one analyzer per module, found by the module's name, what each
 * found, and the limits that a user set.
 */
package latencyscope.analysis;
