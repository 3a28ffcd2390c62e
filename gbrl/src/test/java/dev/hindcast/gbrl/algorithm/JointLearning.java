package dev.hindcast.gbrl.algorithm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hindcast.core.data.Normalizer;
import dev.hindcast.gbrl.tree.Together;
import dev.hindcast.training.algorithm.Algorithm;
import dev.hindcast.training.algorithm.Assignment;
import dev.hindcast.training.algorithm.TrainSettings;
import dev.hindcast.training.algorithm.Trainee;
import dev.hindcast.training.contract.Course;
import dev.hindcast.training.contract.Logs;
import dev.hindcast.training.learner.Experience;
import dev.hindcast.training.learner.Gathering;
import dev.hindcast.training.learner.JointLearner;
import dev.hindcast.training.learner.LearnerState;
import dev.hindcast.training.learner.Losses;
import dev.hindcast.training.sampling.Sampler;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Whether learners that each see a part of a log learn what one of all of it does. */
record JointLearning(Algorithm algorithm, Course course, Record options, int updates) {
  /** Not near to each other: the same bits. */
  void check() throws Exception {
    int n = course.log().episodes();
    Learned whole = learned(Gathering.alone(), new int[] {0, n}, 0, Optional.empty());
    Learned half = whole;
    for (int[] cuts : new int[][] {{0, n / 2, n}, {0, n - 30, n - 20, n}}) {
      List<Learned> members =
          Together.members(
              cuts.length - 1, gathering -> learned(gathering, cuts, 0, Optional.empty()));
      for (Learned member : members) {
        assertThat(member.product()).isEqualTo(whole.product());
        assertSame(member.losses(), whole.losses());
      }
      half = members.get(0);
    }
    int middle = updates / 2;
    LearnerState left = half.middle();
    assertThat(learned(Gathering.alone(), new int[] {0, n}, middle, Optional.of(left)).product())
        .isEqualTo(whole.product());
  }

  private static void assertSame(List<Losses> found, List<Losses> expected) {
    for (int i = 0; i < expected.size(); i++) {
      assertThat(found.get(i).values().keySet()).isEqualTo(expected.get(i).values().keySet());
      for (String name : expected.get(i).values().keySet()) {
        double figure = expected.get(i).values().get(name);
        assertThat(found.get(i).values().get(name))
            .as(name + " of update " + i)
            .isCloseTo(figure, within(1e-9 * Math.max(1, Math.abs(figure))));
      }
    }
  }

  /**
   * What came of it.
   *
   * @param product all of it, as bytes
   * @param losses of each update
   * @param middle where the learner stood after half of them
   */
  @SuppressWarnings("ArrayRecordComponent") // compared by its parts
  private record Learned(byte[] product, List<Losses> losses, LearnerState middle) {}

  private Learned learned(
      Gathering gathering, int[] cuts, int from, Optional<LearnerState> standing) {
    int member = gathering.member();
    Experience experience =
        new Experience(
            Logs.part(course.log(), cuts[member], cuts[member + 1]),
            Course.DISCOUNT,
            Experience.RewardScale.NONE,
            gathering);
    Assignment assignment =
        new Assignment(
            experience,
            Normalizer.fit(experience.data()),
            TrainSettings.DEFAULT,
            options,
            Course.DISCOUNT,
            1,
            course.target(),
            OptionalInt.empty());
    try (Trainee trainee = algorithm.open(assignment)) {
      JointLearner learner = new JointLearner(trainee.learner(), experience.all());
      standing.ifPresent(learner::restore);
      Sampler sampler =
          algorithm.draws().sampler(experience, algorithm.uses(), learner.steps(), 0.5, 1);
      List<Losses> losses = new ArrayList<>();
      LearnerState middle = learner.state();
      for (int i = from; i < updates; i++) {
        middle = i == updates / 2 ? learner.state() : middle;
        losses.add(learner.update(sampler.sample(i, updates, 1)));
      }
      return new Learned(learner.snapshot(), losses, middle);
    }
  }
}
