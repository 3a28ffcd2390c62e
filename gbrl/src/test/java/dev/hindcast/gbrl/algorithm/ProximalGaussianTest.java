package dev.hindcast.gbrl.algorithm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.Decisions;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.policy.ActionDistribution.Continuous;
import dev.hindcast.core.policy.Policy;
import dev.hindcast.core.world.ContinuousWorld.BoxActor;
import dev.hindcast.core.world.PointMass;
import dev.hindcast.gbrl.product.TreeFunctions;
import dev.hindcast.gbrl.tree.Growth;
import dev.hindcast.training.head.Head;
import dev.hindcast.training.learner.Experience;
import dev.hindcast.training.learner.LearnerState;
import dev.hindcast.training.learner.Losses;
import dev.hindcast.training.sampling.Draws;
import dev.hindcast.training.sampling.Sampler;
import dev.hindcast.training.sampling.Uses;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Proximal policy optimization with actions in a box, in a world whose best policy is known. */
class ProximalGaussianTest {
  private static final double DISCOUNT = 0.9;
  private static final PointMass WORLD = new PointMass(1, 10);
  private static final Growth GROWTH =
      new Growth(0.4, 3, 0, 0, 0, 0, 0, 64, 1, 1, 4, 64, List.of(), List.of(), List.of());
  private static final GradientBoostedPpo.Config CONFIG =
      new GradientBoostedPpo.Config(
          0.3, 0.9, 0.2, 0, 4, 2, 0.05, 0.5, 0.02, GROWTH, 3000, 300, 4096);

  @Test
  void pointIsBroughtHomeNearlyAsWellAsCanBe() {
    double nothing = returns((rows, seen) -> new float[rows]);
    double best = WORLD.meanReturn(WORLD.optimal(DISCOUNT), 200, DISCOUNT, 5);
    try (Life life = new Life(CONFIG)) {
      for (int i = 0; i < 40; i++) {
        life.live(100);
      }
      double found = returns(life::modes);
      assertThat((found - nothing) / (best - nothing)).isGreaterThan(0.9);
      double deviation = Math.exp(life.learner.product().vectors().get(Head.LOG_DEVIATION)[0]);
      assertThat(deviation).as("noise costs, so there is less of it").isLessThan(0.35);
    }
  }

  private static double returns(BoxActor actor) {
    return WORLD.meanReturn(actor, 200, DISCOUNT, 5);
  }

  /** From one iteration to the next the trees stay, or are written and read. */
  @Test
  void goingOnIsTakingUpTheState() {
    try (Life stays = new Life(CONFIG);
        Life first = new Life(CONFIG);
        Life second = new Life(CONFIG)) {
      stays.live(20);
      first.live(20);
      second.takeUp(first);
      stays.live(20);
      second.live(20);
      LearnerState expected = stays.learner.state();
      LearnerState found = second.learner.state();
      assertThat(found.opaque().keySet()).isEqualTo(expected.opaque().keySet());
      expected
          .opaque()
          .forEach(
              (name, bytes) ->
                  assertThat(found.opaque().get(name)).as(name).containsExactly(bytes));
    }
  }

  @Test
  void smallerEnsembleMeansTheSame() {
    GradientBoostedPpo.Config bounded =
        new GradientBoostedPpo.Config(
            0.1, 0.9, 0.2, 0, 4, 2, 1, 0.5, 0.02, GROWTH.withRate(0.1), 150, 70, 16_384);
    try (Life life = new Life(bounded)) {
      Losses losses = life.live(100);
      while (!losses.values().containsKey("distilled_divergence")) {
        losses = life.live(100);
      }
      assertThat(losses.values().get("distilled_divergence")).isBetween(1e-12, 0.05);
      assertThat(losses.values().get("policy_rounds")).isEqualTo(71);
    }
  }

  /** A policy that learns while it lives. */
  private static final class Life implements AutoCloseable {
    private final GradientBoostedPpo.Config config;
    private Setting setting;
    private GradientBoostedPpo learner;
    private int version;

    Life(GradientBoostedPpo.Config config) {
      this.config = config;
      TransitionColumns any = WORLD.log(WORLD.clumsy(), 1, 1);
      setting = setting(any);
      learner = new GradientBoostedPpo(setting, config);
    }

    private Setting setting(TransitionColumns data) {
      Experience experience =
          new Experience(
              data,
              DISCOUNT,
              Experience.RewardScale.NONE,
              Optional.of(new Experience.Fresh(0, version)));
      return new Setting(
          experience, new Observations(experience), 1, DISCOUNT, 1, Optional.empty());
    }

    /** So many episodes, and what they teach; the figures of the first update. */
    Losses live(int episodes) {
      TransitionColumns lived = lived(episodes);
      version++;
      Setting before = setting;
      setting = setting(lived);
      learner.goOn(setting);
      before.observations().close();
      Sampler sampler =
          Draws.ALL.sampler(
              setting.experience(), Uses.STEPS_WITH_NEXT_OBSERVATION, learner.steps(), 0.5, 1);
      Losses first = learner.update(sampler.sample(0, config.rounds(), 1));
      for (int i = 1; i < config.rounds(); i++) {
        var unused = learner.update(sampler.sample(i, config.rounds(), 1));
      }
      return first;
    }

    private TransitionColumns lived(int episodes) {
      SplittableRandom random = new SplittableRandom(version);
      Policy policy = policy();
      TransitionColumns.Builder log =
          new TransitionColumns.Builder(WORLD.observationSpace(), WORLD.actionSpace(), false, true);
      for (int e = 0; e < episodes; e++) {
        log.beginEpisode(Integer.toString(e));
        double[] state = WORLD.start(random);
        for (int step = 0; step < WORLD.steps(); step++) {
          float[] seen = WORLD.observation(state);
          Continuous acts = (Continuous) policy.distribution(decisions(1, seen));
          float[] action = acts.draw(0, random);
          log.addBoxStep(
              seen,
              new int[0],
              action,
              WORLD.reward(state, action),
              Math.exp(acts.logDensity(0, action)));
          state = WORLD.next(state, action);
        }
        log.endEpisodeWithFinalObservation(
            false, WORLD.observation(state), new int[0], new boolean[0]);
      }
      return log.build();
    }

    float[] modes(int rows, float[] seen) {
      return ((Continuous) policy().distribution(decisions(rows, seen))).modes();
    }

    private Policy policy() {
      ActionSpace.Box box = WORLD.actionSpace();
      return TreeFunctions.policy(learner.product(), WORLD.observationSpace(), box, false);
    }

    private static Decisions decisions(int rows, float[] seen) {
      String[] ids = new String[rows];
      Arrays.setAll(ids, Integer::toString);
      return new Decisions(rows, seen, new int[0], new boolean[0], ids, new int[rows]);
    }

    /** Stands where another does. */
    void takeUp(Life other) {
      version = other.version;
      learner.restore(other.learner.state());
    }

    @Override
    public void close() {
      learner.close();
      setting.observations().close();
    }
  }
}
