/** Numbers as people read them: three digits and a unit. */
package latencyscope.analysis.number;
