/**
 * Evaluation and scoring as Spark jobs: files to tasks, sums or rows back. No formula lives here.
 */
package dev.hindcast.evaluation.spark;
