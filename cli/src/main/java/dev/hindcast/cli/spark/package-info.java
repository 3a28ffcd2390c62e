/**
 * The Spark session of a verb and the stages that run in it. What a stage does is its own room's
 * business.
 */
package dev.hindcast.cli.spark;
