package dev.hindcast.offlinerl.algorithm;

import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.Normalizer;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.loss.MaskedSoftmax;
import dev.hindcast.core.policy.Policy;
import dev.hindcast.core.world.LinearPolicy;
import dev.hindcast.core.world.PointMass;
import dev.hindcast.core.world.TabularMdp;
import dev.hindcast.core.world.TabularPolicy;
import dev.hindcast.offlinerl.network.MultilayerPerceptron;
import dev.hindcast.offlinerl.network.Network;
import dev.hindcast.offlinerl.product.Head;
import dev.hindcast.offlinerl.product.Product;
import java.util.Optional;

/**
 * A world whose best policy is known, with a log of it, a tenth of whose episodes are
 * demonstrations: what every learner is examined on.
 */
sealed interface Course {
  /** γ of all courses. */
  double DISCOUNT = 0.9;

  /** Episodes of a careless policy, then those of a good one, flagged as demonstrations. */
  TransitionColumns log();

  /** Whose returns a Q-function is to predict. */
  Optional<Policy> target();

  /** How far a policy gets from what needs no learning, 0, to the best, 1. */
  double score(Product product, Normalizer normalizer);

  /**
   * A chain of four states, one step to the left or right at a time, one in ten the wrong way; the
   * last step right pays 1 and ends. The log also jumps to that end, which its masks forbid: a
   * learner that counts on jumping next sees little difference between left and right.
   */
  record Chain(TransitionColumns log) implements Course {
    private static final TabularMdp WORLD = world();

    Chain() {
      this(Logs.joined(careless(), good()));
    }

    @Override
    public Optional<Policy> target() {
      return Optional.of(TabularPolicy.uniform(WORLD));
    }

    @Override
    public double score(Product product, Normalizer normalizer) {
      double least = WORLD.value(TabularPolicy.uniform(WORLD), DISCOUNT);
      double best = WORLD.value(WORLD.optimal(DISCOUNT), DISCOUNT);
      double found = WORLD.value(policy(product, normalizer), DISCOUNT);
      return (found - least) / (best - least);
    }

    private static TabularPolicy policy(Product product, Normalizer normalizer) {
      boolean[] masks = new boolean[WORLD.states() * 3];
      for (int i = 0; i < masks.length; i++) {
        masks[i] = i % 3 < 2;
      }
      if (product.head() instanceof Head.Greedy greedy) {
        float[] q = outputs(product.networks().get(Head.Q), normalizer);
        Optional<float[]> behavior =
            Optional.ofNullable(product.networks().get(Head.BEHAVIOR))
                .map(network -> outputs(network, normalizer));
        int[] choice = new int[WORLD.states()];
        for (int s = 0; s < choice.length; s++) {
          int state = s;
          boolean[] allowed = {true, true};
          behavior.ifPresent(
              logits -> {
                double gap = logits[state * 3 + 1] - (double) logits[state * 3];
                allowed[0] = Math.exp(Math.min(0, -gap)) >= greedy.threshold();
                allowed[1] = Math.exp(Math.min(0, gap)) >= greedy.threshold();
              });
          choice[s] = allowed[1] && (!allowed[0] || q[s * 3 + 1] > q[s * 3]) ? 1 : 0;
        }
        return TabularPolicy.deterministic(choice, 3);
      }
      return TabularPolicy.of(
          MaskedSoftmax.of(outputs(product.networks().get(Head.POLICY), normalizer), 3, masks), 3);
    }

    private static float[] outputs(Network network, Normalizer normalizer) {
      return new MultilayerPerceptron(network.architecture(), normalizer, network.parameters())
          .forward(Training.states(WORLD.states()));
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

    Point() {
      this(
          Logs.joined(WORLD.log(WORLD.clumsy(), 200, 3), WORLD.log(good().withNoise(0.05), 20, 4)));
    }

    @Override
    public Optional<Policy> target() {
      return Optional.of(new Resting((ActionSpace.Box) log.actionSpace()));
    }

    @Override
    public double score(Product product, Normalizer normalizer) {
      double least = WORLD.meanReturn(WORLD.clumsy(), 200, DISCOUNT, 5);
      double best = WORLD.meanReturn(WORLD.optimal(DISCOUNT), 200, DISCOUNT, 5);
      double found = WORLD.meanReturn(Continuous.actor(product, normalizer, 1), 200, DISCOUNT, 5);
      return (found - least) / (best - least);
    }

    private static LinearPolicy good() {
      return LinearPolicy.of(new double[][] {{0.9 * WORLD.optimal(DISCOUNT).gain(0, 0)}});
    }
  }
}
