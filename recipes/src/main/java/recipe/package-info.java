/** Small engines on well-known libraries, and troubles that can be provoked in each. */
package recipe;
