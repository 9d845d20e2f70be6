/** What came of a contract, as text, JSON, JUnit XML, Markdown and annotations of GitHub. */
package latencyscope.contract.output;
