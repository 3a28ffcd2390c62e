/**
 * Intervals around estimates: bootstrap draws that no partitioning can change, and what to read off
 * them. What is drawn again is the estimators' business.
 */
package dev.hindcast.evaluation.interval;
