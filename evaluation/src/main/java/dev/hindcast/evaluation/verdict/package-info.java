/** From figures to a decision, failing closed. The figures themselves are computed elsewhere. */
package dev.hindcast.evaluation.verdict;
