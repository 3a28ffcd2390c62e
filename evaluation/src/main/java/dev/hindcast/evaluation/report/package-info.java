/**
 * Sums become a report: figures, intervals, verdicts, then JSON and one HTML page that needs
 * nothing else. No engine.
 */
package dev.hindcast.evaluation.report;
