/**
 * What Mission Control shows of the kernel: rules on its page of automated analysis, which repeat
 * the judgement of the command line, and pages in its outline. No separate user interface.
 */
package latencyscope.jmc;
