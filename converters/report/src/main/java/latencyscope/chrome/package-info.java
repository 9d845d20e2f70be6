/** The Trace Event format of Chrome, for tools that do not read Perfetto's. */
package latencyscope.chrome;
