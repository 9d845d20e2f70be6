/** Contracts on JUnit tests: what the threads of a test may suffer while it runs. */
package latencyscope.junit;
