/**
 * Intervals around estimates: bootstrap draws that no partitioning can change and what to read off
 * them, and sequences of intervals that hold at every moment together. What is drawn again, and
 * what is bounded, is the estimators' business.
 */
package dev.hindcast.evaluation.interval;
