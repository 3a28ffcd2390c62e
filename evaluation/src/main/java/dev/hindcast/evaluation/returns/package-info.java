/**
 * How returns are distributed under a policy, from the weighted returns of a log. Nothing here
 * reads episodes.
 */
package dev.hindcast.evaluation.returns;
