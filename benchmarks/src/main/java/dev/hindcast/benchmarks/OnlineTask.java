package dev.hindcast.benchmarks;

import dev.hindcast.core.config.UserError;
import dev.hindcast.core.world.Acrobot;
import dev.hindcast.core.world.CartPole;
import dev.hindcast.core.world.DiscreteWorld;
import dev.hindcast.gbrl.algorithm.GradientBoostedPpo;
import dev.hindcast.gbrl.tree.Growth;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A world to learn in while living there, with the settings with which the authors of gradient
 * boosting reinforcement learning run proximal policy optimization in it (Fuhrer, Tessler, Dalal,
 * 2025, arXiv:2407.08250, the experiment scripts). Their coefficient of the value's loss (0.872) is
 * in the value's rate here; how large ensembles may become is our own choice.
 *
 * @param name what it is called on the command line
 * @param world the world
 * @param goal the mean return of 100 episodes with which it counts as solved
 * @param discount γ
 * @param copies how many copies of the world are lived in side by side
 * @param steps how many steps an iteration has in each of them
 * @param config how trees learn
 */
record OnlineTask(
    String name,
    DiscreteWorld<?> world,
    double goal,
    double discount,
    int copies,
    int steps,
    GradientBoostedPpo.Config config) {
  private static final double VALUE_WEIGHT = 0.872;
  private static final double NO_LIMIT = Double.MAX_VALUE;
  private static final GradientBoostedPpo.Config DEFAULT = GradientBoostedPpo.Config.DEFAULT;

  /** All of them. */
  static List<OnlineTask> all() {
    return List.of(
        new OnlineTask(
            "cartpole", new CartPole(), 475, 0.98, 8, 128, config(0.029, 0.015, 0.8, 1, 16, 1000)),
        new OnlineTask(
            "acrobot", new Acrobot(), -90, 0.99, 16, 128, config(0.16, 0.0342, 0.94, 20, 4, 3000)));
  }

  private static GradientBoostedPpo.Config config(
      double rate, double valueRate, double advantageDecay, int epochs, int parts, int mostRounds) {
    Growth growth = DEFAULT.growth().withRate(rate);
    return new GradientBoostedPpo.Config(
        VALUE_WEIGHT * valueRate,
        advantageDecay,
        0.2,
        0,
        epochs,
        parts,
        NO_LIMIT,
        DEFAULT.deviation(),
        DEFAULT.deviationRate(),
        growth,
        mostRounds,
        DEFAULT.distilledRounds(),
        DEFAULT.rememberedRows());
  }

  /**
   * Looks a task up.
   *
   * @throws UserError when there is none of this name
   */
  static OnlineTask named(String name) {
    return all().stream()
        .filter(task -> task.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                UserError.usage(
                    "There is no task \""
                        + name
                        + "\". Name one of: "
                        + all().stream().map(OnlineTask::name).collect(Collectors.joining(", "))
                        + "."));
  }

  /** How many steps an iteration has in all copies together. */
  int stepsOfIteration() {
    return copies * steps;
  }
}
