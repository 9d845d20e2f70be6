/** HdrHistogram's interval logs. */
package latencyscope.hlog;
