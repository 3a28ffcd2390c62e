/**
 * Evaluation that goes on while episodes end: sums by window of time, estimates of each window and
 * so far, bounds that hold at every moment together, and alarms. No engine: a stream, a loop and a
 * simulation run the same code.
 */
package dev.hindcast.evaluation.running;
