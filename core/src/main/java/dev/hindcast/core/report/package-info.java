/** The evaluation report as data. Computing it and drawing it belong to the evaluation room. */
package dev.hindcast.core.report;
