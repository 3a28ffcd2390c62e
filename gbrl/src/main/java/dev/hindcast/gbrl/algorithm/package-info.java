/**
 * Learners whose functions are ensembles of trees: one update is one round of boosting on all steps
 * of the training side. Each algorithm is one file that reads like its paper; losses come from
 * {@code core.loss}, the same ones that networks learn from.
 */
package dev.hindcast.gbrl.algorithm;
