/**
 * Target policies shown the log: probabilities of logged actions, and Q-values where there is a
 * Q-function. What becomes of them is the estimators' business.
 */
package dev.hindcast.evaluation.scoring;
