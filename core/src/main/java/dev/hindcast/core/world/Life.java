package dev.hindcast.core.world;

import dev.hindcast.core.data.Decisions;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.policy.ActionDistribution;
import dev.hindcast.core.policy.Policy;
import dev.hindcast.core.world.DiscreteWorld.Acting;
import dev.hindcast.core.world.DiscreteWorld.Outcome;
import dev.hindcast.core.world.DiscreteWorld.Seen;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** One episode in a world while it runs, and the steps lived since they were last written. */
final class Life<S> {
  private final DiscreteWorld<S> world;
  private final SplittableRandom chance;
  private final SplittableRandom will;
  private final List<Lived> unwritten = new ArrayList<>();
  private S state;
  private Seen seen;
  private int steps;
  private boolean terminated;
  private double sum;

  private record Lived(Seen seen, int action, double reward, double propensity) {}

  /** Starts an episode whose chances depend on where {@code random} stands, which it moves on. */
  Life(DiscreteWorld<S> world, SplittableRandom random) {
    this.world = world;
    chance = random.split();
    will = random.split(); // apart, so that a policy that draws does not change the world's luck
    state = world.start(chance);
    seen = world.observation(state);
  }

  boolean isOver() {
    return terminated || steps >= world.maxSteps();
  }

  /** The sum of all rewards so far. */
  double sum() {
    return sum;
  }

  double discounted(double discount) {
    double total = 0;
    for (int i = unwritten.size() - 1; i >= 0; i--) {
      total = unwritten.get(i).reward() + discount * total;
    }
    return total;
  }

  /** Lives all of these to their ends, step by step together. */
  static <S> void live(List<Life<S>> lives, Policy policy, Acting acting) {
    List<Life<S>> running = new ArrayList<>(lives);
    while (!running.isEmpty()) {
      step(running, policy, acting);
      running.removeIf(Life::isOver);
    }
  }

  /** One step of each of these, none of which is over. */
  static <S> void step(List<Life<S>> lives, Policy policy, Acting acting) {
    ActionDistribution.Categorical choices =
        policy.categorical(
            decisions(
                lives.stream().map(life -> life.seen).toList(),
                lives.stream().mapToInt(life -> life.steps).toArray()));
    for (int i = 0; i < lives.size(); i++) {
      Life<S> life = lives.get(i);
      int action = acting == Acting.MODE ? choices.mode(i) : choices.draw(i, life.will);
      life.act(action, choices.probability(i, action));
    }
  }

  private void act(int action, double propensity) {
    Outcome<S> outcome = world.step(state, action, chance);
    unwritten.add(new Lived(seen, action, outcome.reward(), propensity));
    state = outcome.next();
    seen = world.observation(state);
    terminated = outcome.terminated();
    sum += outcome.reward();
    steps++;
  }

  /** Writes the steps lived since last time as one episode, truncated unless the world ended it. */
  void writeTo(TransitionColumns.Builder log, String id) {
    log.beginEpisode(id);
    for (Lived step : unwritten) {
      log.addStep(
          step.seen().numbers(),
          step.seen().codes(),
          new boolean[0],
          step.action(),
          step.reward(),
          step.propensity());
    }
    if (terminated) {
      log.endEpisode(true);
    } else {
      log.endEpisodeWithFinalObservation(false, seen.numbers(), seen.codes(), new boolean[0]);
    }
    unwritten.clear();
  }

  boolean hasUnwritten() {
    return !unwritten.isEmpty();
  }

  /** What a policy is asked: what is seen at some moments, and how many steps came before each. */
  static Decisions decisions(List<Seen> seen, int[] steps) {
    int n = seen.size();
    int d = n == 0 ? 0 : seen.get(0).numbers().length;
    int c = n == 0 ? 0 : seen.get(0).codes().length;
    float[] numbers = new float[n * d];
    int[] codes = new int[n * c];
    String[] ids = new String[n];
    for (int i = 0; i < n; i++) {
      System.arraycopy(seen.get(i).numbers(), 0, numbers, i * d, d);
      System.arraycopy(seen.get(i).codes(), 0, codes, i * c, c);
      ids[i] = Integer.toString(i);
    }
    return new Decisions(n, numbers, codes, new boolean[0], ids, steps);
  }
}
