package dev.hindcast.evaluation.scoring;

import java.util.OptionalDouble;

/**
 * What was decided in one row, and how likely that was.
 *
 * @param action the discrete action; -1 in a box
 * @param vector (dimensions) the action in a box; empty for a discrete one
 * @param propensity the probability, in a box the density, with which exactly this action was
 *     chosen; absent in a box when it was certain
 * @param probabilities (actions) the policy's, whether or not an action was drawn by them; empty in
 *     a box
 * @param values (actions) the expected return of each discrete action; empty in a box or without a
 *     Q-function
 * @param value the expected return of the chosen action; absent without a Q-function
 */
@SuppressWarnings("ArrayRecordComponent") // one row on its way to a file; never compared
public record ScoredDecision(
    int action,
    float[] vector,
    OptionalDouble propensity,
    double[] probabilities,
    double[] values,
    OptionalDouble value) {}
