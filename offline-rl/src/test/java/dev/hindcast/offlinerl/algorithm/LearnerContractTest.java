package dev.hindcast.offlinerl.algorithm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.hindcast.core.artefact.CodeVersion;
import dev.hindcast.core.artefact.Fingerprint;
import dev.hindcast.core.artefact.Provenance;
import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.Decisions;
import dev.hindcast.core.data.Normalizer;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.loss.FDivergence;
import dev.hindcast.core.policy.ActionDistribution;
import dev.hindcast.core.policy.Bundle;
import dev.hindcast.core.policy.BundleLoader;
import dev.hindcast.core.policy.BundleManifest;
import dev.hindcast.core.policy.Policy;
import dev.hindcast.core.policy.QFunction;
import dev.hindcast.dataset.ArtefactWriter;
import dev.hindcast.offlinerl.bundle.NeuralBundle;
import dev.hindcast.offlinerl.bundle.NeuralBundleFormat;
import dev.hindcast.offlinerl.bundle.NeuralFunctions;
import dev.hindcast.offlinerl.network.Network;
import dev.hindcast.offlinerl.network.Networks;
import dev.hindcast.offlinerl.network.Observations;
import dev.hindcast.offlinerl.network.backend.Backends;
import dev.hindcast.offlinerl.network.djl.DjlNetworks;
import dev.hindcast.offlinerl.network.djl.LiveArrays;
import dev.hindcast.offlinerl.network.simd.SimdNetworks;
import dev.hindcast.offlinerl.product.FrozenProduct;
import dev.hindcast.training.algorithm.Yields;
import dev.hindcast.training.bundle.TrainingRecord;
import dev.hindcast.training.learner.Device;
import dev.hindcast.training.learner.Experience;
import dev.hindcast.training.loop.CheckpointStore;
import dev.hindcast.training.loop.Schedule;
import dev.hindcast.training.loop.TrainingLoop;
import dev.hindcast.training.sampling.Sampler;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.IntFunction;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every algorithm of the catalogue must do, on each kind of actions it is for. A new one needs
 * a row for each kind in {@link #EXAMS}; without it this suite fails.
 */
class LearnerContractTest {
  private static final Fingerprint RUN = Fingerprint.ofJson("run");
  private static final Course CHAIN = new Course.Chain();
  private static final Course POINT = new Course.Point();
  private static final int FEW_UPDATES = 20;

  @TempDir private static Path bundles;

  /**
   * How an algorithm is examined.
   *
   * @param config its settings, such that it learns fast
   * @param hurried the same with a first phase, where there is one, of half of {@link #FEW_UPDATES}
   * @param updates in which it must learn
   * @param passes how near it must come to the best policy, see {@link Course#score}
   */
  private record Exam(Record config, Record hurried, int updates, double passes) {
    Exam(Record config, int updates, double passes) {
      this(config, config, updates, passes);
    }

    boolean hasPhases() {
      return !config.equals(hurried);
    }

    /** Of an algorithm with phases. */
    static Exam of(IntFunction<Record> config, int cloningUpdates, int updates, double passes) {
      return new Exam(config.apply(cloningUpdates), config.apply(FEW_UPDATES / 2), updates, passes);
    }
  }

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
          Exam.of(
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
        Exam.of(
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
    return exams;
  }

  @TestFactory
  Stream<DynamicContainer> everyAlgorithm() {
    List<DynamicContainer> containers = new ArrayList<>();
    for (Algorithms.Entry<?> entry : Algorithms.all()) {
      for (Course course : List.of(CHAIN, POINT)) {
        String name = named(entry, course);
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
                                () -> leaksNothing(entry, course, named(entry, course), 10_000))));
  }

  private static String named(Algorithms.Entry<?> entry, Course course) {
    return entry.name() + (course == CHAIN ? " discrete" : " continuous");
  }

  private static Stream<DynamicTest> duties(Algorithms.Entry<?> entry, Course course, String name) {
    if (!EXAMS.containsKey(name)) {
      return Stream.of(dynamicTest("has an exam", () -> fail("There is no exam of " + name + ".")));
    }
    return Stream.of(
        dynamicTest("solves its world", () -> solves(entry, course, name)),
        dynamicTest("acts from its bundle as before", () -> survives(entry, course, name)),
        dynamicTest(
            "leaks no native memory",
            () -> leaksNothing(entry, course, name, EXAMS.get(name).hasPhases() ? 1000 : 300)),
        dynamicTest("learns the same with PyTorch", () -> agrees(entry, course, name)),
        dynamicTest("trains to the same bits again", () -> repeats(entry, course, name)),
        dynamicTest("goes on where it was interrupted", () -> resumes(entry, course, name)),
        dynamicTest("stops at what is not a number", () -> stops(entry, course, name)));
  }

  /** By what is published, loaded and then lived with. */
  private static void solves(Algorithms.Entry<?> entry, Course course, String name) {
    Exam exam = EXAMS.get(name);
    try (Run run = new Run(entry, exam.config(), course, course.log(), 1)) {
      run.train(0, exam.updates());
      if (entry.yields() == Yields.POLICY) {
        assertThat(course.score(run.published(name + " solved").policy().orElseThrow()))
            .as("from nothing learned, 0, to the best policy, 1")
            .isGreaterThan(exam.passes());
      }
    }
  }

  private static void survives(Algorithms.Entry<?> entry, Course course, String name) {
    try (Run run = new Run(entry, EXAMS.get(name).hurried(), course, course.log(), 1)) {
      run.train(0, FEW_UPDATES);
      Decisions sample = run.sample();
      Bundle loaded = run.published(name + " survived");
      BundleManifest.Onnx onnx = loaded.manifest().onnx().orElseThrow();
      assertThat(onnx.rowsChecked()).isEqualTo(sample.size()).isPositive();
      assertThat(onnx.maxDifference()).isBetween(0.0, 1e-4);
      FrozenProduct product = run.learner.product().frozen();
      ActionSpace space = course.log().actionSpace();
      if (entry.yields() == Yields.Q_FUNCTION) {
        QFunction values = NeuralFunctions.values(product, run.normalizer, space);
        assertThat(valuesOf(loaded.qFunction().orElseThrow(), sample, space))
            .containsExactly(valuesOf(values, sample, space));
        return;
      }
      Policy policy =
          NeuralFunctions.policy(product, run.normalizer, space, loaded.manifest().usesMask());
      if (space instanceof ActionSpace.Discrete) {
        assertThat(loaded.policy().orElseThrow().categorical(sample).probabilities())
            .containsExactly(policy.categorical(sample).probabilities());
      } else {
        ActionDistribution.Continuous found = loaded.policy().orElseThrow().continuous(sample);
        ActionDistribution.Continuous expected = policy.continuous(sample);
        assertThat(found.modes()).containsExactly(expected.modes());
        assertThat(found.draw(new SplittableRandom(1)))
            .containsExactly(expected.draw(new SplittableRandom(1)));
      }
    }
  }

  private static double[] valuesOf(QFunction function, Decisions sample, ActionSpace space) {
    return space instanceof ActionSpace.Box box
        ? function.values(sample, new float[sample.size() * box.dimensions()])
        : function.values(sample);
  }

  /** Of arrays in PyTorch and bytes outside the Java heap, whatever the phase. */
  private static void leaksNothing(
      Algorithms.Entry<?> entry, Course course, String name, int updates) {
    Networks pytorch = DjlNetworks.on(Device.CPU);
    assertThat(growth(entry, course, name, updates, pytorch, () -> LiveArrays.of(pytorch)))
        .as("arrays")
        .isZero();
    assertThat(growth(entry, course, name, updates, new SimdNetworks(), () -> Pointer.totalBytes()))
        .as("bytes")
        .isNotPositive();
  }

  private static long growth(
      Algorithms.Entry<?> entry,
      Course course,
      String name,
      int updates,
      Networks networks,
      LongSupplier held) {
    Record config = EXAMS.get(name).hurried();
    try (Run run = new Run(entry, config, course, course.log(), 1, networks, List.of(4))) {
      run.train(0, FEW_UPDATES, 4);
      long before = held.getAsLong();
      run.train(FEW_UPDATES, updates, 4);
      return held.getAsLong() - before;
    }
  }

  /** Whose gradients are its own: the backward passes of the other backend are by hand. */
  private static void agrees(Algorithms.Entry<?> entry, Course course, String name) {
    List<Map<String, float[]>> found = new ArrayList<>();
    for (Networks networks : List.of(DjlNetworks.on(Device.CPU), new SimdNetworks())) {
      Record config = EXAMS.get(name).hurried();
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

  private static void repeats(Algorithms.Entry<?> entry, Course course, String name) {
    Exam exam = EXAMS.get(name);
    List<Map<String, float[]>> found = new ArrayList<>();
    for (long seed : new long[] {1, 1, 2}) {
      try (Run run = new Run(entry, exam.hurried(), course, course.log(), seed)) {
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
    try (Run run = new Run(entry, exam.hurried(), course, course.log(), 1)) {
      int[] asked = {0};
      BooleanSupplier stop = () -> asked[0]++ >= interruptAfter;
      new TrainingLoop("x-seed0", run.learner, run.sampler, new Schedule(24, 16, 9, 12))
          .run(RUN, store, line -> {}, stop);
      return run.numbers();
    }
  }

  private static void stops(Algorithms.Entry<?> entry, Course course, String name) {
    TransitionColumns poisoned = poisoned(course.log().actionSpace());
    try (Run run = new Run(entry, EXAMS.get(name).hurried(), course, poisoned, 1)) {
      TrainingLoop loop =
          new TrainingLoop("x-seed0", run.learner, run.sampler, new Schedule(200, 16, 0, 200));
      assertThatThrownBy(() -> loop.run(RUN, CheckpointStore.none(), line -> {}, () -> false))
          .isInstanceOf(UserError.class)
          .hasMessageMatching(
              "Stopped training x-seed0 at update \\d+ \\(a batch of 16 steps, the first of them episode e\\d+ step \\d\\): .*");
    }
  }

  private static void refuses(Algorithms.Entry<?> entry, ActionSpace space) {
    assertThatThrownBy(() -> Algorithms.catalogue().check(entry, space))
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
    private final Algorithms.Entry<?> entry;
    private final TransitionColumns log;
    private final Networks networks;
    private final Observations observations;
    private final Normalizer normalizer;
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
      this.entry = entry;
      this.log = log;
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

    /** Some of the decisions that it learned from. */
    Decisions sample() {
      return log.decisionsAt(IntStream.range(0, 50).map(i -> i * log.rows() / 50).toArray());
    }

    /** What it has learned, by way of files. */
    Bundle published(String name) {
      Provenance provenance =
          new Provenance(
              List.of(new Provenance.Input("dataset", "course", RUN)),
              JsonNodeFactory.instance.objectNode(),
              0,
              new CodeVersion("0", "test"));
      boolean isPolicy = entry.yields() == Yields.POLICY;
      NeuralBundle bundle =
          new NeuralBundle(
              new TrainingRecord(
                  "x-seed0",
                  entry.name(),
                  entry.description(),
                  isPolicy ? BundleManifest.POLICY : BundleManifest.Q_FUNCTION,
                  log.observationSpace(),
                  log.actionSpace(),
                  isPolicy && log.hasMask(),
                  Optional.empty(),
                  Course.DISCOUNT,
                  FEW_UPDATES,
                  Map.of(),
                  "",
                  provenance),
              learner.product().frozen(),
              new TreeMap<>(),
              normalizer);
      Path at = bundles.resolve(name);
      try (ArtefactWriter writer =
          ArtefactWriter.begin(at.toString(), ArtefactWriter.Existing.REFUSE)) {
        bundle.publish(writer, sample());
      }
      return new BundleLoader(NeuralBundleFormat.all()).load(at);
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
