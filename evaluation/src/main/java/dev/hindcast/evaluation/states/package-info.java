/**
 * The log as a world of finitely many states: values and visits of a policy, solved from sums of
 * counts. No engine, and nothing that is learned step by step.
 */
package dev.hindcast.evaluation.states;
