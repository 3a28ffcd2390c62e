/**
 * Judging while episodes end: scoring, sums by window of time, estimates and alarms, and the page
 * that shows them. The arithmetic is {@code evaluation.running}'s; here is how it is spread over
 * tasks and how it lies in state.
 */
package dev.hindcast.streaming.estimate;
