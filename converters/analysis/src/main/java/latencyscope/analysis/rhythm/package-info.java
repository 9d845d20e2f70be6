/** Whether what happens to threads recurs. */
package latencyscope.analysis.rhythm;
