/** Checks a contract against a recording: nothing passes without evidence. */
package latencyscope.contract.check;
