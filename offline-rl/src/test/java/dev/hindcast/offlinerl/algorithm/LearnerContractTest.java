package dev.hindcast.offlinerl.algorithm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.hindcast.core.artefact.Fingerprint;
import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.Normalizer;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.loss.FDivergence;
import dev.hindcast.offlinerl.network.Network;
import dev.hindcast.offlinerl.network.Networks;
import dev.hindcast.offlinerl.network.Observations;
import dev.hindcast.offlinerl.network.backend.Backends;
import dev.hindcast.offlinerl.network.djl.DjlNetworks;
import dev.hindcast.offlinerl.network.djl.LiveArrays;
import dev.hindcast.offlinerl.training.CheckpointStore;
import dev.hindcast.offlinerl.training.Sampler;
import dev.hindcast.offlinerl.training.Schedule;
import dev.hindcast.offlinerl.training.TrainingLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * What every algorithm of the catalogue must do, on each kind of actions it is for. A new one needs
 * a row for each kind in {@link #EXAMS}; without it this suite fails.
 */
class LearnerContractTest {
  private static final Fingerprint RUN = Fingerprint.ofJson("run");
  private static final Course CHAIN = new Course.Chain();
  private static final Course POINT = new Course.Point();
  private static final int FEW_UPDATES = 20;

  /**
   * How an algorithm is examined.
   *
   * @param config its settings, such that it learns fast
   * @param updates in which it must learn
   * @param passes how near it must come to the best policy, see {@link Course#score}
   */
  private record Exam(Record config, int updates, double passes) {}

  private static final Map<String, Exam> EXAMS = exams();

  private static Map<String, Exam> exams() {
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
          new Exam(
              new DemonstrationRegularized.Config(300, 0.5, 0.1, 0.01, 0.01, 0.003, 0.01, 0.05),
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
        new Exam(new Residual.Config(300, 0.5, 3, 0.01, 1e-3, 3e-3, 0.05), 1500, 0.6));
    exams.put(
        "rebrac continuous",
        new Exam(new Rebrac.Config(0.01, 0.01, 0.2, 0.5, 2, 3e-3, 0.02), 1000, 0.8));
    exams.put("cql continuous", new Exam(new Cql.Config(0.1, 2, 1e-2, 3e-3, 0.05), 1000, 0.7));
    exams.put("cal-ql continuous", new Exam(new CalQl.Config(0.1, 2, 1e-2, 1e-2, 0.05), 800, 0.8));
    exams.put("sac continuous", new Exam(new Sac.Config(1e-2, 0.05), 800, 0.8));
    exams.put("edac continuous", new Exam(new Edac.Config(4, 1, 1e-2, 0.05), 600, 0.8));
    exams.put("sac-n continuous", new Exam(new SacN.Config(4, 1e-2, 0.05), 600, 0.8));
    exams.put(
        "fitted-q-evaluation discrete", new Exam(new FittedQEvaluation.Config(0.01, 0.05), 60, 0));
    exams.put(
        "fitted-q-evaluation continuous",
        new Exam(new FittedQEvaluation.Config(0.01, 0.05), 60, 0));
    return exams;
  }

  @TestFactory
  Stream<DynamicContainer> everyAlgorithm() {
    List<DynamicContainer> containers = new ArrayList<>();
    for (Algorithms.Entry<?> entry : Algorithms.all()) {
      for (Course course : List.of(CHAIN, POINT)) {
        String name = entry.name() + (course == CHAIN ? " discrete" : " continuous");
        containers.add(
            dynamicContainer(
                name,
                entry.actions().admit(course.log().actionSpace())
                    ? duties(entry, course, name)
                    : Stream.of(
                        dynamicTest(
                            "refuses the other kind of actions",
                            () -> refuses(entry, course.log().actionSpace())))));
      }
    }
    return containers.stream();
  }

  private static Stream<DynamicTest> duties(Algorithms.Entry<?> entry, Course course, String name) {
    if (!EXAMS.containsKey(name)) {
      return Stream.of(dynamicTest("has an exam", () -> fail("There is no exam of " + name + ".")));
    }
    return Stream.of(
        dynamicTest("solves its world", () -> solves(entry, course, name)),
        dynamicTest("leaks no native memory", () -> leaksNothing(entry, course, name)),
        dynamicTest("trains to the same bits again", () -> repeats(entry, course, name)),
        dynamicTest("goes on where it was interrupted", () -> resumes(entry, course, name)),
        dynamicTest("stops at what is not a number", () -> stops(entry, course, name)));
  }

  private static void solves(Algorithms.Entry<?> entry, Course course, String name) {
    Exam exam = EXAMS.get(name);
    try (Run run = new Run(entry, exam, course, course.log(), 1)) {
      run.train(0, exam.updates());
      if (entry.yields() == Algorithms.Yields.POLICY) {
        assertThat(course.score(run.learner.product(), run.normalizer))
            .as("from nothing learned, 0, to the best policy, 1")
            .isGreaterThan(exam.passes());
      }
    }
  }

  /** PyTorch's arrays can be counted; that networks free OpenBLAS's memory is tested with them. */
  private static void leaksNothing(Algorithms.Entry<?> entry, Course course, String name) {
    Networks pytorch = DjlNetworks.on(Networks.Device.CPU);
    try (Run run = new Run(entry, EXAMS.get(name), course, course.log(), 1, pytorch)) {
      run.train(0, FEW_UPDATES);
      int arrays = LiveArrays.of(pytorch);
      run.train(FEW_UPDATES, 5 * FEW_UPDATES);
      assertThat(LiveArrays.of(pytorch)).isEqualTo(arrays);
    }
  }

  private static void repeats(Algorithms.Entry<?> entry, Course course, String name) {
    Exam exam = EXAMS.get(name);
    List<Map<String, float[]>> found = new ArrayList<>();
    for (long seed : new long[] {1, 1, 2}) {
      try (Run run = new Run(entry, exam, course, course.log(), seed)) {
        run.train(0, FEW_UPDATES);
        found.add(run.numbers());
      }
    }
    assertSameBits(found.get(1), found.get(0));
    String any = found.get(0).keySet().iterator().next();
    assertThat(found.get(2).get(any)).as("another seed").isNotEqualTo(found.get(0).get(any));
  }

  private static void resumes(Algorithms.Entry<?> entry, Course course, String name) {
    Exam exam = EXAMS.get(name);
    Memory store = new Memory();
    assertThatThrownBy(() -> looped(entry, exam, course, store, 17))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("was interrupted after 17 updates");
    assertThat(store.latest()).isPresent();
    assertSameBits(
        looped(entry, exam, course, store, Integer.MAX_VALUE),
        looped(entry, exam, course, new Memory(), Integer.MAX_VALUE));
  }

  private static Map<String, float[]> looped(
      Algorithms.Entry<?> entry, Exam exam, Course course, Memory store, int interruptAfter) {
    try (Run run = new Run(entry, exam, course, course.log(), 1)) {
      int[] asked = {0};
      BooleanSupplier stop = () -> asked[0]++ >= interruptAfter;
      new TrainingLoop("x-seed0", run.learner, run.sampler, new Schedule(24, 16, 9, 12))
          .run(RUN, store, line -> {}, stop);
      return run.numbers();
    }
  }

  private static void stops(Algorithms.Entry<?> entry, Course course, String name) {
    TransitionColumns poisoned = poisoned(course.log().actionSpace());
    try (Run run = new Run(entry, EXAMS.get(name), course, poisoned, 1)) {
      TrainingLoop loop =
          new TrainingLoop("x-seed0", run.learner, run.sampler, new Schedule(200, 16, 0, 200));
      assertThatThrownBy(() -> loop.run(RUN, CheckpointStore.none(), line -> {}, () -> false))
          .isInstanceOf(UserError.class)
          .hasMessageMatching(
              "Stopped training x-seed0 at update \\d+ \\(a batch of 16 steps, the first of them episode e\\d+ step \\d\\): .*");
    }
  }

  private static void refuses(Algorithms.Entry<?> entry, ActionSpace space) {
    assertThatThrownBy(() -> entry.check(space))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("Cannot train " + entry.name() + ": it is for ")
        .hasMessageContaining(space.inWords());
  }

  /** Twenty episodes of one step, seen as one number, which in one of them is none. */
  private static TransitionColumns poisoned(ActionSpace actions) {
    SplittableRandom random = new SplittableRandom(1);
    var builder =
        new TransitionColumns.Builder(ObservationSpace.ofNumbers(1), actions, false, false);
    for (int episode = 0; episode < 20; episode++) {
      builder.beginEpisode("e" + episode);
      float[] numbers = {episode == 10 ? Float.NaN : (float) random.nextDouble()};
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

  private static void assertSameBits(Map<String, float[]> found, Map<String, float[]> expected) {
    assertThat(found.keySet()).isEqualTo(expected.keySet());
    expected.forEach((key, values) -> assertThat(found.get(key)).as(key).containsExactly(values));
  }

  /** A learner with all it needs, on one thread of the CPU. */
  private static final class Run implements AutoCloseable {
    private final Networks networks;
    private final Observations observations;
    private final Normalizer normalizer;
    private final Learner learner;
    private final Sampler sampler;

    Run(Algorithms.Entry<?> entry, Exam exam, Course course, TransitionColumns log, long seed) {
      this(entry, exam, course, log, seed, Backends.on(Networks.Device.CPU));
    }

    Run(
        Algorithms.Entry<?> entry,
        Exam exam,
        Course course,
        TransitionColumns log,
        long seed,
        Networks networks) {
      this.networks = networks;
      Experience experience = new Experience(log, Course.DISCOUNT, Experience.RewardScale.NONE);
      normalizer = Normalizer.fit(log);
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
                  List.of(24),
                  8,
                  Course.DISCOUNT,
                  seed,
                  course.target()),
              exam.config());
      sampler = Training.sampler(entry.draws(), entry.uses(), experience, learner, seed);
    }

    void train(int from, int to) {
      for (int i = from; i < to; i++) {
        learner.update(sampler.sample(i, to, 64));
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

  /** Keeps the last checkpoint. */
  private static final class Memory implements CheckpointStore {
    private byte[] content;

    @Override
    public Optional<byte[]> latest() {
      return Optional.ofNullable(content);
    }

    @Override
    public void save(long updates, byte[] checkpoint) {
      content = checkpoint.clone();
    }
  }
}
