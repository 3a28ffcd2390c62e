package dev.hindcast.core.world;

import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.policy.Policy;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * A simulated world with discrete actions: logs can be drawn from it, and any policy scored by
 * living in it. For fresh steps while a policy learns, see {@link Rollouts}.
 *
 * <p>Every episode has a source of chance of its own, made from the seed and the episode's number.
 * So all policies meet the same starts, and the same luck as long as they act alike.
 *
 * @param <S> what the world remembers from step to step; never changed once made
 */
public interface DiscreteWorld<S> {
  /** What is seen at each step. */
  ObservationSpace observationSpace();

  /** What can be done at each step. */
  ActionSpace.Discrete actionSpace();

  /** After so many steps an episode is truncated, unless the world ended it. */
  int maxSteps();

  /** Draws a state in which an episode starts. */
  S start(RandomGenerator random);

  /** What is seen in a state. */
  Seen observation(S state);

  /** Draws what an action leads to. */
  Outcome<S> step(S state, int action, RandomGenerator random);

  /** Policies of mixed quality, from stumbling to able: one draws each episode of a log. */
  List<Policy> behaviors();

  /**
   * What is seen at a moment.
   *
   * @param numbers (numeric fields), NaN where there is no value
   * @param codes (categorical fields), codes of the dictionaries
   */
  @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
  record Seen(float[] numbers, int[] codes) {}

  /**
   * What an action led to.
   *
   * @param next the state entered
   * @param reward paid on the way
   * @param terminated whether the world ended there
   */
  record Outcome<S>(S next, double reward, boolean terminated) {}

  /** How a policy is asked to act. */
  enum Acting {
    /** Its most probable action. */
    MODE,
    /** An action drawn from its distribution. */
    DRAWN
  }

  /**
   * Draws a log of independent episodes with the exact propensities of their actions, and the final
   * observations of truncated ones.
   *
   * @param behaviors one of these, each as likely, acts in an episode from start to end
   */
  default TransitionColumns log(List<? extends Policy> behaviors, int episodes, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<List<Life<S>>> lives = new ArrayList<>();
    behaviors.forEach(behavior -> lives.add(new ArrayList<>()));
    List<Life<S>> inOrder = new ArrayList<>();
    for (int e = 0; e < episodes; e++) {
      Life<S> life = new Life<>(this, random);
      inOrder.add(life);
      lives.get(random.nextInt(behaviors.size())).add(life);
    }
    for (int i = 0; i < behaviors.size(); i++) {
      Life.live(lives.get(i), behaviors.get(i), Acting.DRAWN);
    }
    TransitionColumns.Builder log =
        new TransitionColumns.Builder(observationSpace(), actionSpace(), false, true);
    for (int e = 0; e < episodes; e++) {
      inOrder.get(e).writeTo(log, Integer.toString(e));
    }
    return log.build();
  }

  /** (episodes) The discounted return of each of so many episodes lived with a policy. */
  default double[] returns(Policy policy, Acting acting, int episodes, double discount, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Life<S>> lives = new ArrayList<>();
    for (int e = 0; e < episodes; e++) {
      lives.add(new Life<>(this, random));
    }
    Life.live(lives, policy, acting);
    return lives.stream().mapToDouble(life -> life.discounted(discount)).toArray();
  }
}
