/**
 * What the user asked for: agent options, capture settings, profiles, and what could not be
 * followed.
 */
package latencyscope.guest.settings;
