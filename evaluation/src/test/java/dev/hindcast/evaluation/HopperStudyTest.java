package dev.hindcast.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.policy.ActionDistribution;
import dev.hindcast.core.report.Estimate;
import dev.hindcast.core.report.EvaluationReport.Decision;
import dev.hindcast.core.report.EvaluationReport.Remark;
import dev.hindcast.core.report.EvaluationReport.Verdict;
import dev.hindcast.dataset.columns.ParquetTable;
import dev.hindcast.evaluation.diagnostic.Support;
import dev.hindcast.evaluation.estimator.Estimator;
import dev.hindcast.evaluation.estimator.Estimators;
import dev.hindcast.evaluation.fold.SpreadTask;
import dev.hindcast.evaluation.fold.Spreads;
import dev.hindcast.evaluation.fold.Task;
import dev.hindcast.evaluation.fold.Totals;
import dev.hindcast.evaluation.interval.Interval;
import dev.hindcast.evaluation.scoring.Candidate;
import dev.hindcast.evaluation.verdict.Evidence;
import dev.hindcast.evaluation.verdict.Judge;
import dev.hindcast.evaluation.verdict.PromoteIf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The medium log of a hopper with exact densities (MuJoCo's Hopper-v5 under a published actor, MIT
 * licence) and policies of the same actor with less noise, whose values were simulated. Needs the
 * folder with {@code hopper_medium.parquet}, {@code behavior_policy.json} and {@code values.json}:
 * {@code -Dhopper.logs=FOLDER}; skipped without. Writes {@code target/hopper-study.md}.
 *
 * <p>Actions are those executed, cut to the box. Their law has atoms at its edges, and a ratio of
 * two such laws scatters less than that of the densities of what was drawn before cutting.
 */
@Tag("study")
class HopperStudyTest {
  private static final int OBSERVATIONS = 11;
  private static final int ACTIONS = 3;
  private static final double DISCOUNT = 0.99;
  private static final double LOGGED_NOISE = 0.6;
  private static final ActionSpace.Box BOX =
      new ActionSpace.Box(List.of(-1f, -1f, -1f), List.of(1f, 1f, 1f));
  private static final List<String> NAMES =
      List.of(
          "trajectory-importance-sampling",
          "per-decision-importance-sampling",
          "self-normalized-trajectory-importance-sampling",
          "self-normalized-per-decision-importance-sampling");

  private static Path folder;
  private static TransitionColumns log;
  private static Actor actor;

  /** The published actor: two hidden layers of hyperbolic tangents, a linear output. */
  private static final class Actor {
    private final double clip;
    private final double[] mean;
    private final double[] deviation;
    private final List<double[][]> weights = new ArrayList<>(); // by layer: (outputs, inputs)
    private final List<double[]> biases = new ArrayList<>();

    Actor(JsonNode numbers) {
      clip = numbers.get("observation_clip").asDouble();
      mean = numbers(numbers.get("observation_mean"));
      deviation = numbers(numbers.get("observation_std"));
      for (JsonNode layer : numbers.get("layers")) {
        biases.add(numbers(layer.get("bias")));
        List<double[]> rows = new ArrayList<>();
        layer.get("weight").forEach(row -> rows.add(numbers(row)));
        weights.add(rows.toArray(double[][]::new));
      }
    }

    private static double[] numbers(JsonNode list) {
      return IntStream.range(0, list.size()).mapToDouble(i -> list.get(i).asDouble()).toArray();
    }

    ActionDistribution.Gaussian act(float[] observations, double noise) {
      int rows = observations.length / OBSERVATIONS;
      float[] means = new float[rows * ACTIONS];
      float[] deviations = new float[means.length];
      Arrays.fill(deviations, (float) noise);
      for (int row = 0; row < rows; row++) {
        double[] x = new double[OBSERVATIONS];
        for (int i = 0; i < x.length; i++) {
          double scaled = (observations[row * OBSERVATIONS + i] - mean[i]) / deviation[i];
          x[i] = Math.max(-clip, Math.min(clip, scaled));
        }
        for (int layer = 0; layer < biases.size(); layer++) {
          x = layer(layer, x);
        }
        for (int j = 0; j < ACTIONS; j++) {
          means[row * ACTIONS + j] = (float) x[j];
        }
      }
      return new ActionDistribution.Gaussian(BOX, means, deviations);
    }

    private double[] layer(int layer, double[] x) {
      double[] out = biases.get(layer).clone();
      for (int j = 0; j < out.length; j++) {
        double[] row = weights.get(layer)[j];
        for (int i = 0; i < x.length; i++) {
          out[j] += row[i] * x[i];
        }
        out[j] = layer + 1 < biases.size() ? Math.tanh(out[j]) : out[j];
      }
      return out;
    }
  }

  @BeforeAll
  static void read() throws IOException {
    String place = System.getProperty("hopper.logs", "");
    assumeTrue(
        !place.isEmpty() && Files.isDirectory(Path.of(place)),
        "There are no hopper logs here: name their folder with -Dhopper.logs=FOLDER.");
    folder = Path.of(place);
    actor =
        new Actor(CanonicalJson.tree(Files.readAllBytes(folder.resolve("behavior_policy.json"))));
    List<String> columns = new ArrayList<>(List.of("episode_id", "reward", "terminal"));
    IntStream.range(0, OBSERVATIONS).forEach(i -> columns.add("obs_" + i));
    IntStream.range(0, ACTIONS).forEach(i -> columns.add("action_" + i));
    ParquetTable table =
        ParquetTable.read(folder.resolve("hopper_medium.parquet").toString(), columns);
    int rows = table.rows();
    float[] observations = matrix(table, "obs_", OBSERVATIONS);
    float[] actions = matrix(table, "action_", ACTIONS);
    ActionDistribution.Gaussian behavior = actor.act(observations, LOGGED_NOISE);
    int[] episode = table.ints("episode_id");
    double[] reward = table.numbers("reward");
    boolean[] terminal = table.flags("terminal");
    TransitionColumns.Builder builder =
        new TransitionColumns.Builder(ObservationSpace.ofNumbers(OBSERVATIONS), BOX, false, true);
    for (int row = 0; row < rows; row++) {
      if (row == 0 || episode[row] != episode[row - 1]) {
        builder.beginEpisode(Integer.toString(episode[row]));
      }
      builder.addBoxStep(
          Arrays.copyOfRange(observations, row * OBSERVATIONS, (row + 1) * OBSERVATIONS),
          new int[0],
          Arrays.copyOfRange(actions, row * ACTIONS, (row + 1) * ACTIONS),
          reward[row],
          Math.exp(behavior.logDensity(row, actions)));
      if (row + 1 == rows || episode[row + 1] != episode[row]) {
        builder.endEpisode(terminal[row]);
      }
    }
    log = builder.build();
  }

  private static float[] matrix(ParquetTable table, String prefix, int width) {
    float[] matrix = new float[table.rows() * width];
    for (int j = 0; j < width; j++) {
      double[] column = table.numbers(prefix + j);
      for (int row = 0; row < column.length; row++) {
        matrix[row * width + j] = (float) column[row];
      }
    }
    return matrix;
  }

  private record Answer(List<Optional<Interval>> intervals, Verdict verdict) {}

  private static Answer evaluate(double noise, String name, List<String> lines) throws IOException {
    JsonNode known =
        CanonicalJson.tree(Files.readAllBytes(folder.resolve("values.json"))).get(name);
    int horizon =
        IntStream.range(0, log.episodes()).map(e -> log.end(e) - log.start(e)).max().orElseThrow();
    List<Estimator> estimators =
        NAMES.stream()
            .map(
                estimator ->
                    Estimators.named(estimator)
                        .orElseThrow()
                        .constructor()
                        .create(new Estimators.Setting(horizon, DISCOUNT, log.episodes())))
            .toList();
    Actor acting = actor;
    Candidate candidate =
        Candidate.of(decisions -> acting.act(decisions.numeric(), noise), List.of());
    Task task = new Task(List.of(new Task.Item(candidate, estimators)), horizon, 1000, 0);
    Support support = new Support.Counter().add(log).build();
    Totals totals = new Totals(task).add(log, support);
    Spreads spreads = new Spreads(SpreadTask.of(task, totals, List.of(3), 0)).add(log);
    List<Optional<Interval>> intervals = new ArrayList<>();
    List<Estimate> estimates = new ArrayList<>();
    for (int k = 0; k < NAMES.size(); k++) {
      Optional<Interval> interval = spreads.interval(0, k, totals, 0.95);
      double value = totals.value(0, k);
      intervals.add(interval);
      lines.add(
          String.format(
              Locale.ROOT,
              "| %s | %.2f | %s | %.2f | %s |",
              name,
              known.get("mean_discounted_0_99").asDouble(),
              NAMES.get(k),
              value,
              interval
                  .map(i -> String.format(Locale.ROOT, "%.1f to %.1f", i.lower(), i.upper()))
                  .orElse("none")));
      estimates.add(
          new Estimate(
              NAMES.get(k),
              NAMES.get(k),
              Estimate.finite(value),
              interval.map(Interval::lower),
              interval.map(Interval::upper),
              0.95,
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              k == 3,
              interval.isPresent() ? Optional.empty() : Optional.of("every weight is zero")));
    }
    var diagnostics = totals.weights(0).diagnostics(support, Optional.of(false));
    Verdict verdict =
        new Judge(PromoteIf.DEFAULT)
            .decide(
                new Evidence(
                    name,
                    "logged",
                    estimates,
                    Evidence.Basis.WEIGHTS,
                    diagnostics,
                    Optional.empty(),
                    false,
                    List.of(),
                    Optional.empty()));
    lines.add(
        name
            + ": "
            + verdict.decision().key()
            + ", effective sample size "
            + diagnostics.effectiveSampleSize()
            + " "
            + verdict.reasons());
    return new Answer(intervals, verdict);
  }

  @Test
  void nearPolicyIsCoveredAndHopelessOneIsNotEvaluable() throws IOException {
    List<String> lines = new ArrayList<>();
    Answer near = evaluate(0.5, "policy_gaussian_std_0.5", lines);
    Answer hopeless = evaluate(0.001, "policy_mean_action_std_0.001", lines);
    Files.write(Path.of("target", "hopper-study.md"), lines);
    assertThat(hopeless.verdict().decision()).isEqualTo(Decision.NOT_EVALUABLE);
    assertThat(hopeless.verdict().reasons()).extracting(Remark::code).contains("no-weight");
    Interval discounted = near.intervals().get(3).orElseThrow(); // of the primary estimate
    assertThat(260.04).isBetween(discounted.lower(), discounted.upper());
  }
}
