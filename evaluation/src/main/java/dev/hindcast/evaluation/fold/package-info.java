/**
 * The one pass over episodes: terms, bootstrap replicates and diagnostics as sums that merge. No
 * engine; a loop and a cluster run the same code.
 */
package dev.hindcast.evaluation.fold;
