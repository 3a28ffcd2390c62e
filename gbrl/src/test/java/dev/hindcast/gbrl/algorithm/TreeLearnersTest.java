package dev.hindcast.gbrl.algorithm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.hindcast.core.artefact.Fingerprint;
import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.Normalizer;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.policy.BundleLoader;
import dev.hindcast.gbrl.bundle.TreeBundleFormat;
import dev.hindcast.gbrl.tree.LiveHandles;
import dev.hindcast.training.algorithm.Algorithm;
import dev.hindcast.training.algorithm.Assignment;
import dev.hindcast.training.algorithm.Catalogue;
import dev.hindcast.training.algorithm.TrainSettings;
import dev.hindcast.training.algorithm.Trainee;
import dev.hindcast.training.contract.Course;
import dev.hindcast.training.contract.LearnerContract;
import dev.hindcast.training.learner.Experience;
import dev.hindcast.training.loop.CheckpointStore;
import dev.hindcast.training.loop.Schedule;
import dev.hindcast.training.loop.TrainingLoop;
import dev.hindcast.training.sampling.Sampler;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/**
 * What every algorithm of the catalogue must do, as a learner and as one of trees. A new one needs
 * a row for each kind of actions in {@link #EXAMS}; without it this suite fails.
 */
class TreeLearnersTest extends LearnerContract {
  private static final Map<String, Exam> EXAMS = table();

  private static Map<String, Exam> table() {
    Map<String, Exam> exams = new TreeMap<>();
    for (String kind : List.of("discrete", "continuous")) {
      boolean discrete = kind.equals("discrete");
      double sharp = discrete ? 20 : 10;
      // the log's own policy, demonstrations and all, stands at about these scores
      double cloned = discrete ? 0.1 : 0.05;
      double good = discrete ? 0.9 : 0.85;
      exams.put("behavior-cloning-trees " + kind, new Exam(Quick.FIT, Quick.IMITATION, 30, cloned));
      exams.put(
          "advantage-weighted-trees " + kind,
          phased((rounds, fit) -> Quick.advantageWeighted(sharp, rounds, fit), 80, good));
      exams.put(
          "f-dvl-trees " + kind, phased((rounds, fit) -> Quick.fDvl(sharp, rounds, fit), 80, good));
    }
    exams.put(
        "fitted-q-trees discrete",
        new Exam(
            new FittedQTrees.Config(0.3, Quick.FIT, new FittedValues(80, 4, Quick.GROWTH)),
            new FittedQTrees.Config(
                0.3,
                new Imitation(8, 0.1, 20, Quick.GROWTH),
                new FittedValues(16, 3, Quick.GROWTH)),
            110,
            0.95));
    exams.put(
        "conservative-trees discrete",
        new Exam(new ConservativeTrees.Config(0.1, 80, Quick.GROWTH), 80, 0.95));
    exams.put(
        "demonstration-regularized-trees discrete",
        new Exam(
            new DemonstrationRegularizedTrees.Config(
                0.5, 0, Quick.FIT, new FittedValues(80, 4, Quick.GROWTH), 30),
            new DemonstrationRegularizedTrees.Config(
                0.5,
                0,
                new Imitation(6, 0.1, 20, Quick.GROWTH),
                new FittedValues(8, 3, Quick.GROWTH),
                10),
            140,
            0.9));
    for (String kind : List.of("discrete", "continuous")) {
      exams.put(
          "fitted-q-evaluation-trees " + kind,
          new Exam(new FittedValues(40, 3, Quick.GROWTH), 40, 0));
    }
    return exams;
  }

  /** Of an algorithm that first learns values for so many rounds, then fits a policy to them. */
  private static Exam phased(
      BiFunction<Integer, Imitation, Record> options, int rounds, double passes) {
    return new Exam(
        options.apply(rounds, Quick.FIT),
        options.apply(FEW_UPDATES / 2, Quick.IMITATION),
        rounds + Quick.FIT.rounds(),
        passes);
  }

  @Override
  protected Catalogue catalogue() {
    return TreeAlgorithms.catalogue();
  }

  @Override
  protected Map<String, Exam> exams() {
    return EXAMS;
  }

  @Override
  protected TrainSettings settings() {
    return TrainSettings.DEFAULT;
  }

  @Override
  protected BundleLoader loader() {
    return new BundleLoader(TreeBundleFormat.all());
  }

  @Override
  protected Stream<DynamicTest> ownDuties(Algorithm algorithm, Course course, Exam exam) {
    return Stream.of(
        dynamicTest("leaks no native memory", () -> leaksNothing(algorithm, course, exam)),
        dynamicTest("stops at what is no number", () -> stops(algorithm, course, exam)),
        dynamicTest(
            "learns the same from data in parts",
            () -> new JointLearning(algorithm, course, exam.hurried(), FEW_UPDATES).check()),
        dynamicTest(
            "trains as long as its rounds say",
            () ->
                assertThat(algorithm.schedule(settings(), exam.options()).updates())
                    .isEqualTo(exam.updates())));
  }

  private void leaksNothing(Algorithm algorithm, Course course, Exam exam) {
    int before = LiveHandles.count();
    Experience experience =
        new Experience(course.log(), Course.DISCOUNT, Experience.RewardScale.NONE);
    try (Trainee trainee = algorithm.open(assignment(experience, exam, course))) {
      Sampler sampler = sampler(algorithm, experience, trainee);
      trainee.learner().update(sampler.sample(0, FEW_UPDATES, 1));
      int during = LiveHandles.count();
      assertThat(during).isGreaterThan(before);
      for (int i = 1; i < FEW_UPDATES; i++) {
        trainee.learner().update(sampler.sample(i, FEW_UPDATES, 1));
        trainee.learner().restore(trainee.learner().state());
      }
      assertThat(LiveHandles.count()).isEqualTo(during);
    }
    assertThat(LiveHandles.count()).isEqualTo(before);
  }

  /** Missing numbers are none of its business; rewards beyond all numbers are. */
  private void stops(Algorithm algorithm, Course course, Exam exam) {
    Experience experience =
        new Experience(
            poisoned(course.log().actionSpace()), Course.DISCOUNT, Experience.RewardScale.NONE);
    try (Trainee trainee = algorithm.open(assignment(experience, exam, course))) {
      TrainingLoop loop =
          new TrainingLoop(
              "x-seed0",
              trainee.learner(),
              sampler(algorithm, experience, trainee),
              new Schedule(FEW_UPDATES, 1, 0, FEW_UPDATES));
      if (algorithm.name().startsWith("behavior-cloning")) {
        run(loop); // it looks at no reward
        return;
      }
      assertThatThrownBy(() -> run(loop))
          .isInstanceOf(UserError.class)
          .hasMessageMatching(
              "Stopped training x-seed0 at update \\d+ \\(a batch of 20 steps, the first of them"
                  + " episode e0 step 0\\): .*");
    }
  }

  private static void run(TrainingLoop loop) {
    loop.run(Fingerprint.ofJson("run"), CheckpointStore.none(), line -> {}, () -> false);
  }

  private Assignment assignment(Experience experience, Exam exam, Course course) {
    return new Assignment(
        experience,
        Normalizer.fit(experience.data()),
        settings(),
        exam.hurried(),
        Course.DISCOUNT,
        1,
        course.target(),
        OptionalInt.empty());
  }

  private static Sampler sampler(Algorithm algorithm, Experience experience, Trainee trainee) {
    return algorithm
        .draws()
        .sampler(experience, algorithm.uses(), trainee.learner().steps(), 0.5, 1);
  }

  /** Twenty episodes of one step, whose number is missing in one of them; one pays too much. */
  private static TransitionColumns poisoned(ActionSpace actions) {
    SplittableRandom random = new SplittableRandom(1);
    var builder =
        new TransitionColumns.Builder(ObservationSpace.ofNumbers(1), actions, false, false);
    for (int episode = 0; episode < 20; episode++) {
      builder.beginEpisode("e" + episode);
      float[] numbers = {episode == 10 ? Float.NaN : (float) random.nextDouble()};
      double reward = episode == 5 ? 1e300 : random.nextDouble();
      if (actions instanceof ActionSpace.Discrete discrete) {
        int action = random.nextInt(discrete.size());
        builder.addStep(numbers, new int[0], new boolean[0], action, reward, 1);
      } else {
        float[] action = {(float) (2 * random.nextDouble() - 1)};
        builder.addBoxStep(numbers, new int[0], action, reward, 1);
      }
      if (episode % 2 == 0) {
        builder.asDemonstration();
      }
      builder.endEpisode(true);
    }
    return builder.build();
  }
}
