/** Recording files as bytes: their chunks, what of them is whole, and what is there twice. */
package latencyscope.recording.chunk;
