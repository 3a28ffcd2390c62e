package dev.hindcast.core.world;

import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.core.data.TransitionColumns;
import java.util.SplittableRandom;

/**
 * A world with numeric observations and actions in a box that moves without chance after its start:
 * logs can be drawn from it, and any policy scored by living in it. All episodes have the same
 * number of steps.
 */
public interface ContinuousWorld {
  /** What is seen at each step: numbers only. */
  ObservationSpace observationSpace();

  /** What can be done at each step. */
  ActionSpace.Box actionSpace();

  /** The number of steps of an episode, at least 1. */
  int steps();

  /**
   * Whether the world itself ends after the last step; otherwise the clock truncates the episode.
   */
  boolean isTerminatedByItself();

  /** Draws a state in which an episode starts. */
  double[] start(SplittableRandom random);

  /** (numeric fields) What is seen in a state. */
  float[] observation(double[] state);

  /** What an action in the box pays in a state. */
  double reward(double[] state, float[] action);

  /** The state to which an action in the box leads. */
  double[] next(double[] state, float[] action);

  /**
   * Draws a log of independent episodes, with the final observations of truncated ones and, unless
   * the policy is deterministic, the exact density of every action.
   *
   * @throws IllegalArgumentException when the policy draws an action outside the box
   */
  default TransitionColumns log(LinearPolicy behavior, int episodes, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    TransitionColumns.Builder log =
        new TransitionColumns.Builder(
            observationSpace(), actionSpace(), false, !behavior.isDeterministic());
    for (int e = 0; e < episodes; e++) {
      log.beginEpisode(Integer.toString(e));
      double[] state = start(random);
      for (int step = 0; step < steps(); step++) {
        float[] seen = observation(state);
        float[] action = behavior.act(seen, random);
        requireInside(action);
        log.addBoxStep(
            seen,
            new int[0],
            action,
            reward(state, action),
            behavior.isDeterministic() ? 1 : behavior.density());
        state = next(state, action);
      }
      if (isTerminatedByItself()) {
        log.endEpisode(true);
      } else {
        log.endEpisodeWithFinalObservation(false, observation(state), new int[0], new boolean[0]);
      }
    }
    return log.build();
  }

  /**
   * The mean discounted return of episodes lived with a policy, all of them step by step together.
   * Actions are cut to the box.
   */
  default double meanReturn(BoxActor actor, int episodes, double discount, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int d = observationSpace().numeric().size();
    int dimensions = actionSpace().dimensions();
    double[][] states = new double[episodes][];
    for (int e = 0; e < episodes; e++) {
      states[e] = start(random);
    }
    float[] observations = new float[episodes * d];
    float[] action = new float[dimensions];
    double sum = 0;
    double factor = 1;
    for (int step = 0; step < steps(); step++) {
      for (int e = 0; e < episodes; e++) {
        System.arraycopy(observation(states[e]), 0, observations, e * d, d);
      }
      float[] actions = actor.act(episodes, observations.clone());
      for (int e = 0; e < episodes; e++) {
        for (int i = 0; i < dimensions; i++) {
          float low = actionSpace().low().get(i);
          float high = actionSpace().high().get(i);
          action[i] = Math.min(high, Math.max(low, actions[e * dimensions + i]));
        }
        sum += factor * reward(states[e], action);
        states[e] = next(states[e], action);
      }
      factor *= discount;
    }
    return sum / episodes;
  }

  private void requireInside(float[] action) {
    for (int i = 0; i < action.length; i++) {
      if (!(action[i] >= actionSpace().low().get(i) && action[i] <= actionSpace().high().get(i))) {
        throw new IllegalArgumentException(
            "Cannot draw a log: the policy's action has "
                + action[i]
                + " at coordinate "
                + i
                + ", but the box reaches from "
                + actionSpace().low().get(i)
                + " to "
                + actionSpace().high().get(i)
                + ". Give the policy a smaller gain or less noise.");
      }
    }
  }

  /** A policy that picks one action per observation, many at a time. */
  @FunctionalInterface
  interface BoxActor {
    /**
     * Picks actions.
     *
     * @param rows how many
     * @param observations (rows, numeric fields)
     * @return (rows, dimensions)
     */
    float[] act(int rows, float[] observations);
  }
}
