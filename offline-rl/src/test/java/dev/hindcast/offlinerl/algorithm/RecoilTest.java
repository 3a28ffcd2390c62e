package dev.hindcast.offlinerl.algorithm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.world.ContinuousBandit;
import dev.hindcast.core.world.LinearPolicy;
import dev.hindcast.training.learner.Losses;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** At a discount of 0.9, where the most there is is 20 and a toll is 2. */
class RecoilTest {
  private static final double DISCOUNT = 0.9;
  private static final int EXPERT = 0;
  private static final int OTHER = 1;

  /**
   * Sheet "dual RL", section (i), released loss in one state that follows itself: a demonstrated
   * action is worth the most, any other a toll less than the best that follows.
   */
  @Test
  void actionOfTheOthersIsWorthATollLessThanWhatFollows() {
    Map<String, Double> q =
        learned(config(Recoil.LearnsFrom.ALL, Recoil.Endings.FAILURE), 4, false);
    assertThat(q.get("demonstrated_q")).isCloseTo(20, within(0.2));
    assertThat(q.get("other_q")).isCloseTo(-2 + 0.9 * 20, within(0.3));
  }

  /** Section (i): a terminal row of the others is worth -2 - 0.9 * 20, or 16 if ends are good. */
  @Test
  void endIsTheWorstThereIsOrTheBest() {
    assertThat(
            learned(config(Recoil.LearnsFrom.ALL, Recoil.Endings.FAILURE), 4, true).get("other_q"))
        .isCloseTo(-20, within(0.2));
    assertThat(
            learned(config(Recoil.LearnsFrom.ALL, Recoil.Endings.SUCCESS), 4, true).get("other_q"))
        .isCloseTo(16, within(0.2));
  }

  /**
   * V from the others alone, half of whose rows take the expert's action unmarked: with V the soft
   * maximum of both actions, the expert's Q lies between its two targets, two to one. Section (i)
   * has this for a V that is the maximum itself.
   */
  @Test
  void unmarkedDemonstrationsPullTheValueDown() {
    double temperature = 5;
    double v = 0;
    double expert = 0;
    for (int round = 0; round < 200; round++) {
      double other = -2 + DISCOUNT * v;
      expert = (20 + 0.5 * other) / 1.5;
      double mean = (Math.exp(expert / temperature) + Math.exp(other / temperature)) / 2;
      v = temperature * Math.log(mean);
    }
    Map<String, Double> q =
        learned(
            new Recoil.Config(
                temperature,
                7,
                Recoil.LearnsFrom.OTHERS,
                Recoil.Endings.FAILURE,
                1,
                PolicyForm.GAUSSIAN,
                0.01,
                0.1),
            2,
            false);
    assertThat(expert).isBetween(12.0, 18.0);
    assertThat(q.get("demonstrated_q")).isCloseTo(expert, within(0.5));
  }

  @Test
  void discountOfOneIsRefused() {
    TransitionColumns log =
        ContinuousBandit.DEFAULT.log(
            LinearPolicy.uniform(ContinuousBandit.DEFAULT.actionSpace(), 1), 5, 3);
    assertThatThrownBy(() -> Continuous.train("recoil", Recoil.Config.DEFAULT, log, 1, 1))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("with a discount of 1");
  }

  private static Recoil.Config config(Recoil.LearnsFrom from, Recoil.Endings endings) {
    return new Recoil.Config(0.2, 7, from, endings, 1, PolicyForm.GAUSSIAN, 0.01, 0.1);
  }

  /**
   * The mean figures of the last updates in one state: one demonstration of the expert's action,
   * and four other steps, some of them of that action too, the rest of another.
   *
   * @param plain how many of the other four take the other action
   * @param ended whether those end the episode; all other steps lead back
   */
  private static Map<String, Double> learned(Recoil.Config config, int plain, boolean ended) {
    var builder =
        new TransitionColumns.Builder(
            ObservationSpace.ofStates(1), new ActionSpace.Discrete(2), false, false);
    builder.beginEpisode("shown");
    step(builder, EXPERT);
    builder.asDemonstration();
    end(builder, false);
    for (int i = 0; i < 4; i++) {
      builder.beginEpisode("e" + i);
      step(builder, i < plain ? OTHER : EXPERT);
      end(builder, ended && i < plain);
    }
    int updates = 1500;
    List<Losses> figures = Training.figures("recoil", config, builder.build(), DISCOUNT, updates);
    Map<String, Double> means = new TreeMap<>();
    for (Losses losses : figures.subList(updates - 100, updates)) {
      losses.values().forEach((name, x) -> means.merge(name, x / 100, Double::sum));
    }
    return means;
  }

  private static void step(TransitionColumns.Builder builder, int action) {
    builder.addStep(new float[0], new int[] {1}, new boolean[0], action, 0, 1);
  }

  private static void end(TransitionColumns.Builder builder, boolean terminated) {
    builder.endEpisodeWithFinalObservation(terminated, new float[0], new int[] {1}, new boolean[0]);
  }
}
