/**
 * Training on Spark: one whole training run per task. What a run computes is decided in the other
 * packages.
 */
package dev.hindcast.training.spark;
