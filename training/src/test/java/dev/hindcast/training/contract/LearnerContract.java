package dev.hindcast.training.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;
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
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.policy.ActionDistribution;
import dev.hindcast.core.policy.Bundle;
import dev.hindcast.core.policy.BundleLoader;
import dev.hindcast.core.policy.Policy;
import dev.hindcast.core.policy.QFunction;
import dev.hindcast.core.policy.VisitRatios;
import dev.hindcast.dataset.ArtefactWriter;
import dev.hindcast.training.algorithm.Algorithm;
import dev.hindcast.training.algorithm.Assignment;
import dev.hindcast.training.algorithm.Catalogue;
import dev.hindcast.training.algorithm.TrainSettings;
import dev.hindcast.training.algorithm.Trainee;
import dev.hindcast.training.algorithm.Yields;
import dev.hindcast.training.bundle.OnnxExport;
import dev.hindcast.training.bundle.TrainingRecord;
import dev.hindcast.training.learner.Experience;
import dev.hindcast.training.learner.LearnerState;
import dev.hindcast.training.loop.Alarms;
import dev.hindcast.training.loop.CheckpointStore;
import dev.hindcast.training.loop.Schedule;
import dev.hindcast.training.loop.Snapshots;
import dev.hindcast.training.loop.TrainingLoop;
import dev.hindcast.training.sampling.Draws;
import dev.hindcast.training.sampling.Sampler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every algorithm of a room's catalogue must do, on each kind of actions it is for. Rooms add
 * the duties of their own kind of learners. A new algorithm needs an exam for each kind of actions;
 * without it the suite fails.
 */
public abstract class LearnerContract {
  /** A discrete world. */
  protected static final Course CHAIN = new Course.Chain();

  /** A continuous one. */
  protected static final Course POINT = new Course.Point();

  /** Enough to change everything that learns. */
  protected static final int FEW_UPDATES = 20;

  /** Some before the interruption and some after it. */
  private static final int MOMENTS = 8;

  private static final Fingerprint RUN = Fingerprint.ofJson("run");

  @TempDir private static Path bundles;

  /**
   * How an algorithm is examined.
   *
   * @param options its settings, such that it learns fast
   * @param hurried the same with a first phase, where there is one, of half of {@link #FEW_UPDATES}
   * @param updates in which it must learn
   * @param passes how near it must come to the best policy, see {@link Course#score}
   */
  public record Exam(Record options, Record hurried, int updates, double passes) {
    /** Of an algorithm without phases. */
    public Exam(Record options, int updates, double passes) {
      this(options, options, updates, passes);
    }
  }

  /** What is examined. */
  protected abstract Catalogue catalogue();

  /** The exams by {@link #named}. */
  protected abstract Map<String, Exam> exams();

  /** What all are examined with. */
  protected abstract TrainSettings settings();

  /** What reads the room's bundles. */
  protected abstract BundleLoader loader();

  /** What an algorithm must do besides, as a learner of its room. */
  protected Stream<DynamicTest> ownDuties(Algorithm algorithm, Course course, Exam exam) {
    return Stream.of();
  }

  @TestFactory
  Stream<DynamicContainer> everyAlgorithm() {
    List<DynamicContainer> containers = new ArrayList<>();
    for (Algorithm algorithm : catalogue().all()) {
      for (Course course : List.of(CHAIN, POINT)) {
        containers.add(
            dynamicContainer(
                named(algorithm, course),
                algorithm.actions().admit(course.log().actionSpace())
                    ? duties(algorithm, course)
                    : Stream.of(
                        dynamicTest(
                            "refuses the other kind of actions",
                            () -> refuses(algorithm, course.log().actionSpace())))));
      }
    }
    return containers.stream();
  }

  /** The name of an exam: "iql discrete". */
  protected static String named(Algorithm algorithm, Course course) {
    return algorithm.name() + (course == CHAIN ? " discrete" : " continuous");
  }

  private Stream<DynamicTest> duties(Algorithm algorithm, Course course) {
    String name = named(algorithm, course);
    Exam exam = exams().get(name);
    if (exam == null) {
      return Stream.of(dynamicTest("has an exam", () -> fail("There is no exam of " + name + ".")));
    }
    return Stream.concat(
        Stream.of(
            dynamicTest("solves its world", () -> solves(algorithm, course, exam)),
            dynamicTest("acts from its bundle as before", () -> survives(algorithm, course, exam)),
            dynamicTest(
                "exports earlier moments as they were", () -> remembers(algorithm, course, exam)),
            dynamicTest("trains to the same bits again", () -> repeats(algorithm, course, exam)),
            dynamicTest(
                "goes on where it was interrupted", () -> resumes(algorithm, course, exam))),
        ownDuties(algorithm, course, exam));
  }

  private void refuses(Algorithm algorithm, ActionSpace space) {
    assertThatThrownBy(() -> catalogue().check(algorithm, space))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("Cannot train " + algorithm.name() + ": it is for ")
        .hasMessageContaining(space.inWords());
  }

  /** By what is published, loaded and then lived with. */
  private void solves(Algorithm algorithm, Course course, Exam exam) {
    try (Run run = new Run(algorithm, exam.options(), course, 1)) {
      run.train(exam.updates());
      if (algorithm.yields() == Yields.POLICY) {
        Policy policy = run.published(named(algorithm, course) + " solved").policy().orElseThrow();
        assertThat(course.score(policy))
            .as("from nothing learned, 0, to the best policy, 1")
            .isGreaterThan(exam.passes());
      }
    }
  }

  private void survives(Algorithm algorithm, Course course, Exam exam) {
    try (Run run = new Run(algorithm, exam.hurried(), course, 1)) {
      run.train(FEW_UPDATES);
      Decisions sample = run.sample();
      Bundle loaded = run.published(named(algorithm, course) + " survived");
      loaded
          .manifest()
          .onnx()
          .ifPresent(
              onnx -> {
                assertThat(onnx.rowsChecked()).isEqualTo(sample.size()).isPositive();
                assertThat(onnx.maxDifference()).isBetween(0.0, 1e-4);
              });
      if (algorithm.yields() == Yields.Q_FUNCTION) {
        assertThat(valuesOf(loaded.qFunction().orElseThrow(), sample, course))
            .containsExactly(valuesOf(run.trainee.qFunction(), sample, course));
      } else if (algorithm.yields() == Yields.VISIT_RATIOS) {
        assertThat(ratiosOf(loaded.visitRatios().orElseThrow(), sample, course))
            .containsExactly(ratiosOf(run.trainee.visitRatios(), sample, course));
      } else if (course == CHAIN) {
        assertThat(loaded.policy().orElseThrow().categorical(sample).probabilities())
            .containsExactly(run.trainee.policy().categorical(sample).probabilities());
      } else {
        ActionDistribution.Continuous found = loaded.policy().orElseThrow().continuous(sample);
        ActionDistribution.Continuous expected = run.trainee.policy().continuous(sample);
        assertThat(found.modes()).containsExactly(expected.modes());
        assertThat(found.draw(new SplittableRandom(1)))
            .containsExactly(expected.draw(new SplittableRandom(1)));
      }
    }
  }

  private static double[] valuesOf(QFunction function, Decisions sample, Course course) {
    return course.log().actionSpace() instanceof ActionSpace.Box box
        ? function.values(sample, new float[sample.size() * box.dimensions()])
        : function.values(sample);
  }

  private static double[] ratiosOf(VisitRatios ratios, Decisions sample, Course course) {
    return course.log().actionSpace() instanceof ActionSpace.Box box
        ? ratios.ratios(sample, new float[sample.size() * box.dimensions()])
        : ratios.ratios(sample);
  }

  private void remembers(Algorithm algorithm, Course course, Exam exam) throws IOException {
    long half = FEW_UPDATES / 2;
    String name = named(algorithm, course);
    try (Run run = new Run(algorithm, exam.hurried(), course, 1)) {
      run.train(0, (int) half, FEW_UPDATES);
      byte[] then = run.trainee.learner().snapshot();
      if (run.published(name + " then").manifest().onnx().isEmpty()) {
        return; // its room has no exports
      }
      run.train((int) half, FEW_UPDATES, FEW_UPDATES);
      run.published(name + " now", new TreeMap<>(Map.of(half, then)));
    }
    Path model = Path.of(OnnxExport.FILE);
    byte[] wanted = Files.readAllBytes(bundles.resolve(name + " then").resolve(model));
    Path now = bundles.resolve(name + " now");
    assertThat(now.resolve(OnnxExport.snapshot(half))).hasBinaryContent(wanted);
    if (algorithm.yields() != Yields.POLICY) {
      assertThat(Files.readAllBytes(now.resolve(model))).as("it went on").isNotEqualTo(wanted);
    }
  }

  private void repeats(Algorithm algorithm, Course course, Exam exam) {
    List<LearnerState> found = new ArrayList<>();
    for (long seed : new long[] {1, 1, 2}) {
      try (Run run = new Run(algorithm, exam.hurried(), course, seed)) {
        run.train(FEW_UPDATES);
        found.add(run.trainee.learner().state());
      }
    }
    assertSame(found.get(1), found.get(0));
    if (algorithm.draws() != Draws.ALL) {
      String any = found.get(0).numbers().firstKey();
      assertThat(found.get(2).numbers().get(any).values())
          .as("another seed")
          .isNotEqualTo(found.get(0).numbers().get(any).values());
    }
  }

  private void resumes(Algorithm algorithm, Course course, Exam exam) {
    Memory store = new Memory();
    assertThatThrownBy(() -> looped(algorithm, course, exam, store, 17))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("was interrupted after 17 updates");
    assertThat(store.latest()).isPresent();
    Looped resumed = looped(algorithm, course, exam, store, Integer.MAX_VALUE);
    Looped whole = looped(algorithm, course, exam, new Memory(), Integer.MAX_VALUE);
    assertSame(resumed.state(), whole.state());
    assertThat(resumed.snapshots().keySet()).isEqualTo(whole.snapshots().keySet()).hasSize(MOMENTS);
    whole
        .snapshots()
        .forEach(
            (updates, bytes) ->
                assertThat(resumed.snapshots().get(updates))
                    .as("after " + updates)
                    .containsExactly(bytes));
  }

  /** Where a learner stands at its end, and what it had learned on its way. */
  private record Looped(LearnerState state, SortedMap<Long, byte[]> snapshots) {}

  private Looped looped(
      Algorithm algorithm, Course course, Exam exam, Memory store, int interruptAfter) {
    try (Run run = new Run(algorithm, exam.hurried(), course, 1)) {
      int[] asked = {0};
      BooleanSupplier stop = () -> asked[0]++ >= interruptAfter;
      Snapshots snapshots = Snapshots.last(MOMENTS);
      new TrainingLoop(
              "x-seed0",
              run.trainee.learner(),
              run.sampler,
              new Schedule(24, 16, 9, 12),
              Alarms.off(),
              line -> {},
              snapshots)
          .run(RUN, store, line -> {}, stop);
      return new Looped(run.trainee.learner().state(), snapshots.taken());
    }
  }

  private static void assertSame(LearnerState found, LearnerState expected) {
    assertThat(found.isLike(expected)).isTrue();
    expected
        .numbers()
        .forEach(
            (name, numbers) -> {
              LearnerState.Numbers other = found.numbers().get(name);
              assertThat(other.values()).as(name).containsExactly(numbers.values());
              assertThat(other.steps()).as(name).isEqualTo(numbers.steps());
              assertThat(other.mean()).as(name).containsExactly(numbers.mean());
              assertThat(other.variance()).as(name).containsExactly(numbers.variance());
            });
    expected
        .opaque()
        .forEach(
            (name, bytes) -> assertThat(found.opaque().get(name)).as(name).containsExactly(bytes));
  }

  /** A learner with all it needs, as a trial has it. */
  private final class Run implements AutoCloseable {
    private final Algorithm algorithm;
    private final TransitionColumns log;
    private final Trainee trainee;
    private final Sampler sampler;

    Run(Algorithm algorithm, Record options, Course course, long seed) {
      this.algorithm = algorithm;
      log = course.log();
      Experience experience = new Experience(log, Course.DISCOUNT, Experience.RewardScale.NONE);
      trainee =
          algorithm.open(
              new Assignment(
                  experience,
                  Normalizer.fit(log),
                  settings(),
                  options,
                  Course.DISCOUNT,
                  seed,
                  course.target(),
                  OptionalInt.empty()));
      sampler =
          algorithm
              .draws()
              .sampler(experience, algorithm.uses(), trainee.learner().steps(), 0.5, seed);
    }

    void train(int updates) {
      train(0, updates, updates);
    }

    /** Goes on from some updates to others, of so many. */
    void train(int from, int to, int of) {
      for (int i = from; i < to; i++) {
        trainee.learner().update(sampler.sample(i, of, settings().batchSize()));
      }
    }

    /** Some of the decisions that it learned from. */
    Decisions sample() {
      return log.decisionsAt(IntStream.range(0, 50).map(i -> i * log.rows() / 50).toArray());
    }

    /** What it has learned, by way of files. */
    Bundle published(String name) {
      return published(name, new TreeMap<>());
    }

    /** The same with earlier moments. */
    Bundle published(String name, SortedMap<Long, byte[]> snapshots) {
      boolean isPolicy = algorithm.yields() == Yields.POLICY;
      TrainingRecord record =
          new TrainingRecord(
              "x-seed0",
              algorithm.name(),
              algorithm.description(),
              algorithm.yields().bundleKind(),
              log.observationSpace(),
              log.actionSpace(),
              isPolicy && log.hasMask(),
              Optional.empty(),
              Course.DISCOUNT,
              FEW_UPDATES,
              Map.of(),
              "",
              new Provenance(
                  List.of(new Provenance.Input("dataset", "course", RUN)),
                  JsonNodeFactory.instance.objectNode(),
                  0,
                  new CodeVersion("0", "test")));
      Path at = bundles.resolve(name);
      try (ArtefactWriter writer =
          ArtefactWriter.begin(at.toString(), ArtefactWriter.Existing.REFUSE)) {
        trainee.publish(writer, record, snapshots, sample());
      }
      return loader().load(at);
    }

    @Override
    public void close() {
      trainee.close();
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
