/** In which lines of the program threads lost time. */
package latencyscope.analysis.flame;
