package dev.hindcast.training.contract;

import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.Decisions;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.policy.Policy;
import dev.hindcast.core.policy.UniformPolicy;
import dev.hindcast.core.world.LinearPolicy;
import dev.hindcast.core.world.PointMass;
import dev.hindcast.core.world.TabularMdp;
import dev.hindcast.core.world.TabularPolicy;
import java.util.Optional;

/**
 * A world whose best policy is known, with a log of it, a tenth of whose episodes are
 * demonstrations: what every learner is examined on.
 */
public sealed interface Course {
  /** γ of all courses. */
  double DISCOUNT = 0.9;

  /** Episodes of a careless policy, then those of a good one, flagged as demonstrations. */
  TransitionColumns log();

  /** Whose returns a Q-function is to predict. */
  Optional<Policy> target();

  /** How far a policy gets from what needs no learning, 0, to the best, 1. */
  double score(Policy policy);

  /**
   * A chain of four states, one step to the left or right at a time, one in ten the wrong way; the
   * last step right pays 1 and ends. The log also jumps to that end, which its masks forbid: a
   * learner that counts on jumping next sees little difference between left and right.
   */
  record Chain(TransitionColumns log) implements Course {
    /** Without its log. */
    public static final TabularMdp WORLD = world();

    /** With its log. */
    public Chain() {
      this(Logs.joined(careless(), good()));
    }

    @Override
    public Optional<Policy> target() {
      return Optional.of(new UniformPolicy(3)); // which can be asked about anything
    }

    @Override
    public double score(Policy policy) {
      double least = WORLD.value(TabularPolicy.uniform(WORLD), DISCOUNT);
      double best = WORLD.value(WORLD.optimal(DISCOUNT), DISCOUNT);
      double found = WORLD.value(tabled(policy), DISCOUNT);
      return (found - least) / (best - least);
    }

    /** As it acts in every state; nowhere does the mask admit the jump. */
    private static TabularPolicy tabled(Policy policy) {
      Decisions unmasked = Questions.states(WORLD.states());
      boolean[] mask = new boolean[WORLD.states() * 3];
      for (int i = 0; i < mask.length; i++) {
        mask[i] = i % 3 < 2;
      }
      Decisions states =
          new Decisions(
              unmasked.size(),
              unmasked.numeric(),
              unmasked.categories(),
              mask,
              unmasked.episodeIds(),
              unmasked.steps());
      return TabularPolicy.of(policy.categorical(states).probabilities(), 3);
    }

    private static TransitionColumns careless() {
      return WORLD.log(everywhere(0.4, 0.4, 0.2), 400, 12, 3);
    }

    private static TransitionColumns good() {
      return WORLD.log(everywhere(0.1, 0.9, 0), 40, 12, 4);
    }

    private static TabularPolicy everywhere(double... probabilities) {
      double[] table = new double[WORLD.states() * 3];
      for (int i = 0; i < table.length; i++) {
        table[i] = probabilities[i % 3];
      }
      return TabularPolicy.of(table, 3);
    }

    private static TabularMdp world() {
      int end = 4;
      TabularMdp.Builder builder = new TabularMdp.Builder(end + 1, 3).terminal(end);
      for (int s = 0; s < end; s++) {
        int right = s + 1;
        int left = Math.max(0, s - 1);
        double pay = right == end ? 1 : 0;
        builder.initial(s, 0.25).admissible(s, 0).admissible(s, 1);
        builder.transition(s, 0, left, 0.9, 0).transition(s, 0, right, 0.1, pay);
        builder.transition(s, 1, right, 0.9, pay).transition(s, 1, left, 0.1, 0);
        builder.transition(s, 2, end, 1, 1);
      }
      return builder.build();
    }
  }

  /** A point on a line, to be brought to the middle with little effort. */
  record Point(TransitionColumns log) implements Course {
    private static final PointMass WORLD = new PointMass(1, 10);

    /** With its log. */
    public Point() {
      this(
          Logs.joined(WORLD.log(WORLD.clumsy(), 200, 3), WORLD.log(good().withNoise(0.05), 20, 4)));
    }

    @Override
    public Optional<Policy> target() {
      return Optional.of(new Resting((ActionSpace.Box) log.actionSpace()));
    }

    @Override
    public double score(Policy policy) {
      double least = WORLD.meanReturn(WORLD.clumsy(), 200, DISCOUNT, 5);
      double best = WORLD.meanReturn(WORLD.optimal(DISCOUNT), 200, DISCOUNT, 5);
      double found = WORLD.meanReturn(Questions.actor(policy), 200, DISCOUNT, 5);
      return (found - least) / (best - least);
    }

    private static LinearPolicy good() {
      return LinearPolicy.of(new double[][] {{0.9 * WORLD.optimal(DISCOUNT).gain(0, 0)}});
    }
  }
}
