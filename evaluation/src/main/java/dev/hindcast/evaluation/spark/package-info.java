/** Evaluation as a Spark job: files to tasks, sums to the driver. No formula lives here. */
package dev.hindcast.evaluation.spark;
