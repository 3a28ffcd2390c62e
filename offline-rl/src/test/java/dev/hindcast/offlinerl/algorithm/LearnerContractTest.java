package dev.hindcast.offlinerl.algorithm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.hindcast.core.artefact.Fingerprint;
import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.Normalizer;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.loss.FDivergence;
import dev.hindcast.core.loss.VisitLagrangian;
import dev.hindcast.core.policy.BundleLoader;
import dev.hindcast.offlinerl.bundle.NeuralBundleFormat;
import dev.hindcast.offlinerl.network.Network;
import dev.hindcast.offlinerl.network.Networks;
import dev.hindcast.offlinerl.network.Observations;
import dev.hindcast.offlinerl.network.backend.Backends;
import dev.hindcast.offlinerl.network.djl.DjlNetworks;
import dev.hindcast.offlinerl.network.djl.LiveArrays;
import dev.hindcast.offlinerl.network.simd.SimdNetworks;
import dev.hindcast.training.algorithm.Algorithm;
import dev.hindcast.training.algorithm.Catalogue;
import dev.hindcast.training.algorithm.TrainSettings;
import dev.hindcast.training.contract.Course;
import dev.hindcast.training.contract.LearnerContract;
import dev.hindcast.training.learner.Device;
import dev.hindcast.training.learner.Experience;
import dev.hindcast.training.loop.CheckpointStore;
import dev.hindcast.training.loop.Schedule;
import dev.hindcast.training.loop.TrainingLoop;
import dev.hindcast.training.sampling.Sampler;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/**
 * What every algorithm of the catalogue must do, as a learner and as one of networks. A new one
 * needs a row for each kind of actions in {@link #EXAMS}; without it this suite fails.
 */
class LearnerContractTest extends LearnerContract {
  private static final Fingerprint RUN = Fingerprint.ofJson("run");

  /** Of an algorithm with phases, the first so many updates long. */
  private static Exam phased(
      IntFunction<Record> config, int cloningUpdates, int updates, double passes) {
    return new Exam(config.apply(cloningUpdates), config.apply(FEW_UPDATES / 2), updates, passes);
  }

  private static final Map<String, Exam> EXAMS = table();

  private static Map<String, Exam> table() {
    Map<String, Exam> exams = new TreeMap<>();
    for (String kind : List.of("discrete", "continuous")) {
      boolean discrete = kind.equals("discrete");
      double sharp = discrete ? 20 : 10;
      // the log's own policy, demonstrations and all, stands at about these scores
      double cloned = discrete ? 0.1 : 0.15;
      double good = discrete ? 0.9 : 0.85;
      exams.put(
          "behavior-cloning " + kind,
          new Exam(new BehaviorCloning.Config(PolicyForm.GAUSSIAN, 0.01), 600, cloned));
      exams.put(
          "percent-behavior-cloning " + kind,
          new Exam(
              new PercentBehaviorCloning.Config(0.1, 0.9, PolicyForm.GAUSSIAN, 0.01), 600, 0.5));
      exams.put("awac " + kind, new Exam(new Awac.Config(sharp, 0.01, 0.05), 1000, good));
      exams.put(
          "xql " + kind,
          new Exam(new Xql.Config(0.1, 7, sharp, PolicyForm.GAUSSIAN, 0.01, 0.05), 1000, good));
      exams.put(
          "iql " + kind,
          new Exam(new Iql.Config(0.8, sharp, PolicyForm.GAUSSIAN, 0.01, 0.05), 1000, good));
      exams.put(
          "f-dvl " + kind,
          new Exam(
              new FDvl.Config(
                  FDivergence.CHI_SQUARE, 0.7, 0.1, sharp, PolicyForm.GAUSSIAN, 0.01, 0.05),
              1000,
              good));
    }
    for (String kind : List.of("discrete", "continuous")) {
      exams.put(
          "demonstration-regularized " + kind,
          phased(
              cloningUpdates ->
                  new DemonstrationRegularized.Config(
                      cloningUpdates, 0.5, 0.1, 0.01, 0.01, 0.003, 0.01, 0.05),
              300,
              1000,
              0.9));
      exams.put(
          "recoil " + kind,
          new Exam(
              new Recoil.Config(
                  1,
                  7,
                  Recoil.LearnsFrom.ALL,
                  Recoil.Endings.SUCCESS,
                  1,
                  PolicyForm.GAUSSIAN,
                  0.01,
                  0.05),
              1000,
              0.85));
    }
    exams.put(
        "recoil-v discrete",
        new Exam(
            new RecoilV.Config(
                0.8, 0.5, 0.5, Recoil.Endings.SUCCESS, 3, PolicyForm.GAUSSIAN, 0.01, 0.01, 0.05),
            1000,
            0.85));
    exams.put(
        "recoil-v continuous",
        new Exam(
            new RecoilV.Config(
                0.8, 0.5, 0.5, Recoil.Endings.FAILURE, 3, PolicyForm.GAUSSIAN, 0.01, 0.01, 0.05),
            1000,
            0.85));
    exams.put(
        "discrete-cql discrete", new Exam(new DiscreteCql.Config(0.1, 0.01, 0.05), 800, 0.95));
    exams.put("bcq discrete", new Exam(new Bcq.Config(0.3, 0.01, 0.05), 800, 0.95));
    exams.put(
        "td3-bc continuous", new Exam(new Td3Bc.Config(10, 0.2, 0.5, 2, 3e-3, 0.02), 1000, 0.8));
    exams.put(
        "a2pr continuous",
        new Exam(
            new A2pr.Config(10, 1, 1, A2pr.Candidate.ATTACHED, 32, 0.2, 0.5, 2, 3e-3, 1e-3, 0.02),
            1000,
            0.8));
    exams.put(
        "residual continuous",
        phased(
            cloningUpdates -> new Residual.Config(cloningUpdates, 0.5, 3, 0.01, 1e-3, 3e-3, 0.05),
            300,
            1500,
            0.6));
    exams.put(
        "rebrac continuous",
        new Exam(new Rebrac.Config(0.01, 0.01, 0.2, 0.5, 2, 3e-3, 0.02), 1000, 0.8));
    exams.put("cql continuous", new Exam(new Cql.Config(0.1, 0, 2, 1e-2, 3e-3, 0.05), 1000, 0.7));
    exams.put(
        "cal-ql continuous", new Exam(new CalQl.Config(0.1, 0, 2, 1e-2, 1e-2, 0.05), 800, 0.8));
    exams.put("sac continuous", new Exam(new Sac.Config(1e-2, 0.05), 800, 0.8));
    exams.put("edac continuous", new Exam(new Edac.Config(4, 1, 1e-2, 0.05), 600, 0.8));
    exams.put("sac-n continuous", new Exam(new SacN.Config(4, 1e-2, 0.05), 600, 0.8));
    exams.put(
        "fitted-q-evaluation discrete", new Exam(new FittedQEvaluation.Config(0.01, 0.05), 60, 0));
    exams.put(
        "fitted-q-evaluation continuous",
        new Exam(new FittedQEvaluation.Config(0.01, 0.05), 60, 0));
    for (String kind : List.of("discrete", "continuous")) {
      exams.put(
          "dice " + kind, new Exam(new Dice.Config(VisitLagrangian.Form.BEST_DICE, 0.01), 60, 0));
    }
    return exams;
  }

  @Override
  protected Catalogue catalogue() {
    return Algorithms.catalogue();
  }

  @Override
  protected Map<String, Exam> exams() {
    return EXAMS;
  }

  @Override
  protected BundleLoader loader() {
    return new BundleLoader(NeuralBundleFormat.all());
  }

  /** Small networks on one thread of the CPU. */
  @Override
  protected TrainSettings settings() {
    TrainSettings plain = TrainSettings.DEFAULT;
    return new TrainSettings(
        plain.seeds(),
        plain.updates(),
        64,
        plain.checkpointEvery(),
        plain.metricsEvery(),
        Device.CPU,
        List.of(24),
        8,
        plain.rewardScale(),
        plain.rewardShift(),
        plain.demonstrationShare(),
        plain.alarms(),
        plain.tensorboard(),
        plain.snapshots(),
        plain.distribution());
  }

  @Override
  protected Stream<DynamicTest> ownDuties(Algorithm algorithm, Course course, Exam exam) {
    Algorithms.Entry<?> entry = Algorithms.named(algorithm.name()).orElseThrow();
    int updates = exam.options().equals(exam.hurried()) ? 300 : 1000;
    return Stream.of(
        dynamicTest("leaks no native memory", () -> leaksNothing(entry, course, exam, updates)),
        dynamicTest("learns the same with PyTorch", () -> agrees(entry, course, exam)),
        dynamicTest("stops at what is not finite", () -> stops(entry, course, exam)));
  }

  /** For minutes: {@code ./mvnw -Pstudy -pl offline-rl -am test}. */
  @Tag("study")
  @TestFactory
  Stream<DynamicTest> noAlgorithmLeaksNativeMemoryOverTenThousandUpdates() {
    return Algorithms.all().stream()
        .flatMap(
            entry ->
                Stream.of(CHAIN, POINT)
                    .filter(course -> entry.actions().admit(course.log().actionSpace()))
                    .map(
                        course ->
                            dynamicTest(
                                named(entry, course),
                                () ->
                                    leaksNothing(
                                        entry, course, EXAMS.get(named(entry, course)), 10_000))));
  }

  /** Of arrays in PyTorch and bytes outside the Java heap, whatever the phase. */
  private static void leaksNothing(
      Algorithms.Entry<?> entry, Course course, Exam exam, int updates) {
    Networks pytorch = DjlNetworks.on(Device.CPU);
    assertThat(growth(entry, course, exam, updates, pytorch, () -> LiveArrays.of(pytorch)))
        .as("arrays")
        .isZero();
    assertThat(growth(entry, course, exam, updates, new SimdNetworks(), () -> Pointer.totalBytes()))
        .as("bytes")
        .isNotPositive();
  }

  private static long growth(
      Algorithms.Entry<?> entry,
      Course course,
      Exam exam,
      int updates,
      Networks networks,
      LongSupplier held) {
    Record config = exam.hurried();
    try (Run run = new Run(entry, config, course, course.log(), 1, networks, List.of(4))) {
      run.train(0, FEW_UPDATES, 4);
      long before = held.getAsLong();
      run.train(FEW_UPDATES, updates, 4);
      return held.getAsLong() - before;
    }
  }

  /** Whose gradients are its own: the backward passes of the other backend are by hand. */
  private static void agrees(Algorithms.Entry<?> entry, Course course, Exam exam) {
    List<Map<String, float[]>> found = new ArrayList<>();
    for (Networks networks : List.of(DjlNetworks.on(Device.CPU), new SimdNetworks())) {
      Record config = exam.hurried();
      try (Run run = new Run(entry, config, course, course.log(), 1, networks, List.of(24))) {
        run.train(0, FEW_UPDATES);
        found.add(run.numbers());
      }
    }
    assertThat(found.get(1).keySet()).isEqualTo(found.get(0).keySet());
    found
        .get(0)
        .forEach(
            (key, expected) ->
                assertThat(found.get(1).get(key)).as(key).containsExactly(expected, within(1e-4f)));
  }

  private static void stops(Algorithms.Entry<?> entry, Course course, Exam exam) {
    TransitionColumns poisoned = poisoned(course.log().actionSpace());
    try (Run run = new Run(entry, exam.hurried(), course, poisoned, 1)) {
      TrainingLoop loop =
          new TrainingLoop("x-seed0", run.learner, run.sampler, new Schedule(200, 16, 0, 200));
      assertThatThrownBy(() -> loop.run(RUN, CheckpointStore.none(), line -> {}, () -> false))
          .isInstanceOf(UserError.class)
          .hasMessageMatching(
              "Stopped training x-seed0 at update \\d+ \\(a batch of 16 steps, the first of them episode e\\d+ step \\d\\): .*");
    }
  }

  /** Twenty episodes of one step, seen as one number, which in one of them is infinite. */
  private static TransitionColumns poisoned(ActionSpace actions) {
    SplittableRandom random = new SplittableRandom(1);
    var builder =
        new TransitionColumns.Builder(ObservationSpace.ofNumbers(1), actions, false, false);
    for (int episode = 0; episode < 20; episode++) {
      builder.beginEpisode("e" + episode);
      float[] numbers = {episode == 10 ? Float.POSITIVE_INFINITY : (float) random.nextDouble()};
      double reward = random.nextDouble();
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

  /** A learner with all it needs, on one thread of the CPU. */
  private static final class Run implements AutoCloseable {
    private final Networks networks;
    private final Observations observations;
    private final NetworkLearner learner;
    private final Sampler sampler;

    Run(Algorithms.Entry<?> entry, Record config, Course course, TransitionColumns log, long seed) {
      this(entry, config, course, log, seed, Backends.on(Device.CPU), List.of(24));
    }

    Run(
        Algorithms.Entry<?> entry,
        Record config,
        Course course,
        TransitionColumns log,
        long seed,
        Networks networks,
        List<Integer> hidden) {
      this.networks = networks;
      Experience experience = new Experience(log, Course.DISCOUNT, Experience.RewardScale.NONE);
      Normalizer normalizer = Normalizer.fit(log);
      observations =
          networks.place(
              normalizer.apply(log.numeric()),
              log.categories(),
              log.observationSpace().categorical().size(),
              log.observationRows());
      learner =
          entry.learner(
              new Setting(
                  experience,
                  observations,
                  networks,
                  hidden,
                  8,
                  Course.DISCOUNT,
                  seed,
                  course.target()),
              config);
      sampler = Training.sampler(entry.draws(), entry.uses(), experience, learner, seed);
    }

    void train(int from, int to) {
      train(from, to, 64);
    }

    void train(int from, int to, int batch) {
      for (int i = from; i < to; i++) {
        learner.update(sampler.sample(i, to, batch));
      }
    }

    /** All that it has learned, copied. */
    Map<String, float[]> numbers() {
      Map<String, float[]> numbers = new TreeMap<>();
      for (Map.Entry<String, Network> network : learner.networks().entrySet()) {
        numbers.put("network " + network.getKey(), network.getValue().parameters());
      }
      learner.parameters().forEach((key, values) -> numbers.put("number " + key, values.values()));
      return numbers;
    }

    @Override
    public void close() {
      learner.close();
      observations.close();
      networks.close();
    }
  }
}
