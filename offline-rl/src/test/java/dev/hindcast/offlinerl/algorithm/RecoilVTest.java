package dev.hindcast.offlinerl.algorithm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.training.learner.Losses;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * At a discount of 0.9 a demonstrated step, which earns 2, leads to 20 if it leads back to itself;
 * any other costs 2 * 0.2 / (0.8 * 0.5) = 1. Solved by setting the gradient of sheet "dual RL",
 * section (c.6), to zero, V by V.
 */
class RecoilVTest {
  private static final double DISCOUNT = 0.9;
  private static final int SHOWN = 1;
  private static final int OTHER = 2;

  @Test
  void demonstratedStepsEarnAndOthersCost() {
    TransitionColumns.Builder log = demonstrated(SHOWN);
    Map<String, Double> found = learned(log, OTHER, OTHER, false, config(0, false));
    assertThat(found.get("demonstrated_v")).isCloseTo(20, within(0.7));
    assertThat(found.get("other_v")).isCloseTo(-10, within(0.5));
    assertThat(found.get("other_residual")).isCloseTo(1, within(0.05));
  }

  @Test
  void stepThatLeadsToDemonstrationsIsWorthACostLess() {
    Map<String, Double> found = learned(demonstrated(SHOWN), OTHER, SHOWN, false, config(0, false));
    assertThat(found.get("other_v")).isCloseTo(0.9 * 20 - 1, within(0.7));
  }

  @Test
  void endLeavesNothingOrTheMost() {
    TransitionColumns.Builder log = demonstrated(SHOWN);
    assertThat(learned(log, OTHER, OTHER, true, config(0, false)).get("other_v"))
        .isCloseTo(-1, within(0.2));
    log = demonstrated(SHOWN);
    assertThat(learned(log, OTHER, OTHER, true, config(0, true)).get("other_v"))
        .isCloseTo(0.9 * 20 - 1, within(0.5));
  }

  /** Where both kinds are alike y is 2 (0.2 / 0.8 - 0.5). */
  @Test
  void whereOthersDoAsDemonstratorsDoTheyMeetBetween() {
    Map<String, Double> found = learned(demonstrated(SHOWN), SHOWN, SHOWN, false, config(0, false));
    assertThat(found.get("demonstrated_residual")).isCloseTo(-0.5, within(0.03));
    assertThat(found.get("demonstrated_v")).isCloseTo(5, within(0.3));
  }

  /** In one state the gradient by what follows only undoes that by what is: all of it is cut. */
  @Test
  void whatWouldUndoTheForwardGradientIsCut() {
    Map<String, Double> found = learned(demonstrated(SHOWN), SHOWN, SHOWN, false, config(2, false));
    assertThat(found.get("demonstrated_v")).isCloseTo(5, within(0.3));
    assertThat(found.get("overlap")).isCloseTo(-2 * DISCOUNT, within(0.1));
  }

  @Test
  void configRefusesWhatIsOutOfRange() {
    assertThatThrownBy(() -> config(-1, false)).hasMessageContaining("backward-share is -1");
    assertThatThrownBy(
            () ->
                new RecoilV.Config(
                    1, 0.5, 0, Recoil.Endings.FAILURE, 1, PolicyForm.GAUSSIAN, 1, 1, 1))
        .hasMessageContaining("strength is 1");
  }

  @Test
  void discountOfOneIsRefused() {
    TransitionColumns log = demonstrated(SHOWN).build();
    assertThatThrownBy(() -> Training.figures("recoil-v", RecoilV.Config.DEFAULT, log, 1, 1))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("with a discount of 1");
  }

  private static RecoilV.Config config(double backwardShare, boolean endsWell) {
    return new RecoilV.Config(
        0.8,
        0.5,
        backwardShare,
        endsWell ? Recoil.Endings.SUCCESS : Recoil.Endings.FAILURE,
        1,
        PolicyForm.GAUSSIAN,
        0.01,
        0.01,
        0.1);
  }

  /** A demonstrated step that leads back to its state. */
  private static TransitionColumns.Builder demonstrated(int state) {
    var log =
        new TransitionColumns.Builder(
            ObservationSpace.ofStates(2), new ActionSpace.Discrete(2), false, false);
    return log.beginEpisode("shown")
        .addStep(new float[0], new int[] {state}, new boolean[0], 0, 0, 1)
        .asDemonstration()
        .endEpisodeWithFinalObservation(false, new float[0], new int[] {state}, new boolean[0]);
  }

  /** The mean figures of the last updates, with one more step, of nobody's. */
  private static Map<String, Double> learned(
      TransitionColumns.Builder log, int from, int to, boolean ended, RecoilV.Config config) {
    log.beginEpisode("other")
        .addStep(new float[0], new int[] {from}, new boolean[0], 0, 0, 1)
        .endEpisodeWithFinalObservation(ended, new float[0], new int[] {to}, new boolean[0]);
    int updates = 900;
    List<Losses> figures = Training.figures("recoil-v", config, log.build(), DISCOUNT, updates);
    Map<String, Double> means = new TreeMap<>();
    for (Losses losses : figures.subList(updates - 100, updates)) {
      losses.values().forEach((name, x) -> means.merge(name, x / 100, Double::sum));
    }
    return means;
  }
}
