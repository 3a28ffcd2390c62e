/**
 * How well a log can speak about a target policy: support, weights, effective sample sizes. What to
 * conclude from them is the verdict's business.
 */
package dev.hindcast.evaluation.diagnostic;
