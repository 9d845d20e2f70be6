/** The tables of many recordings on many machines: Apache Spark writes and queries them. */
package latencyscope.spark;
