/**
 * Evaluation without an engine: the passes in a loop. Jobs that spread them over machines are in
 * the package {@code spark}.
 */
package dev.hindcast.evaluation;
