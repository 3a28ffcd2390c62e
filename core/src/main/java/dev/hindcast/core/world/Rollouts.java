package dev.hindcast.core.world;

import dev.hindcast.core.config.Require;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.policy.Policy;
import dev.hindcast.core.world.DiscreteWorld.Acting;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Fresh steps for a policy that learns while it acts: several copies of a world side by side that
 * go on where they stopped, each starting a new episode when its last one is over.
 *
 * @param <S> the world's state
 */
public final class Rollouts<S> {
  private final DiscreteWorld<S> world;
  private final SplittableRandom random;
  private final List<Life<S>> lives = new ArrayList<>();

  /** So many copies of a world, at the starts of their first episodes. */
  public Rollouts(DiscreteWorld<S> world, int copies, long seed) {
    Require.that(copies >= 1, "Rollouts need at least 1 copy of the world, not " + copies + ".");
    this.world = world;
    random = new SplittableRandom(seed);
    for (int i = 0; i < copies; i++) {
      lives.add(new Life<>(world, random));
    }
  }

  /**
   * Acts on, with draws of a policy, for so many steps in each copy.
   *
   * <p>What was lived comes as episodes. Where the policy stopped in the midst of one, it stands
   * there as truncated, with what was seen last, and its rest comes as another episode next time:
   * bootstrapped values make this right, sums of rewards would not be.
   */
  public Rollout next(Policy policy, int steps) {
    TransitionColumns.Builder log =
        new TransitionColumns.Builder(world.observationSpace(), world.actionSpace(), false, true);
    List<Double> finished = new ArrayList<>();
    for (int step = 0; step < steps; step++) {
      Life.step(lives, policy, Acting.DRAWN);
      for (int i = 0; i < lives.size(); i++) {
        Life<S> life = lives.get(i);
        if (life.isOver()) {
          finished.add(life.sum());
          life.writeTo(log, Integer.toString(log.episodes()));
          lives.set(i, new Life<>(world, random));
        }
      }
    }
    for (Life<S> life : lives) {
      if (life.hasUnwritten()) {
        life.writeTo(log, Integer.toString(log.episodes()));
      }
    }
    return new Rollout(log.build(), finished.stream().mapToDouble(Double::doubleValue).toArray());
  }

  /**
   * What was lived.
   *
   * @param steps all of it, with propensities
   * @param returns undiscounted, of the episodes that came to an end, in their order
   */
  @SuppressWarnings("ArrayRecordComponent") // read once, never compared
  public record Rollout(TransitionColumns steps, double[] returns) {}
}
