/** Off-policy estimators as additive terms and a function of their mean. No engine. */
package dev.hindcast.evaluation.estimator;
