package dev.hindcast.evaluation.estimator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hindcast.evaluation.estimator.CutWeights.Beyond;
import dev.hindcast.evaluation.estimator.Estimators.Grouping;
import dev.hindcast.evaluation.estimator.ScoredEpisode.Ending;
import dev.hindcast.evaluation.estimator.ScoredEpisode.Values;
import dev.hindcast.evaluation.estimator.ShrunkWeights.Shrinkage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * Golden figures of Open Bandit Pipeline 0.5.5, and ours from the same rows. {@code
 * benchmarks/open_bandit_pipeline.py} made them; versions and command stand in the file.
 */
public final class OpenBanditPipeline {
  private static final String FOLDER = "/open-bandit-pipeline/";

  private final List<ScoredEpisode> rows = new ArrayList<>();

  /** Adds a row of a log of single decisions. */
  public void add(double reward, double propensity, double targetProbability, double q, double v) {
    rows.add(row(reward, propensity, targetProbability, q, v));
  }

  /**
   * The same with the ratio of the probabilities of the logged action's group, which are put
   * together in one way.
   */
  void add(
      double reward,
      double propensity,
      double targetProbability,
      double q,
      double v,
      double groupRatio) {
    rows.add(row(reward, propensity, targetProbability, q, v).grouped(new double[] {groupRatio}));
  }

  private static ScoredEpisode row(
      double reward, double propensity, double targetProbability, double q, double v) {
    return ScoredEpisode.of(
        new double[] {reward},
        new double[] {targetProbability},
        new double[] {propensity},
        Ending.TERMINATED,
        new Values(new double[] {q}, new double[] {v}, OptionalDouble.empty()));
  }

  /**
   * Holds every figure of a log against ours.
   *
   * @param count how many there are
   */
  public void agreesOn(String log, int count) {
    Map<String, Double> theirs = new TreeMap<>();
    try (InputStream figures = open("figures.json")) {
      JsonNode tree = new ObjectMapper().readTree(figures).path(log);
      tree.fields().forEachRemaining(f -> theirs.put(f.getKey(), f.getValue().doubleValue()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    assertThat(theirs).hasSize(count);
    assertThat(theirs)
        .allSatisfy(
            (name, figure) ->
                assertThat(ours(name)).as("%s on %s", name, log).isCloseTo(figure, within(1e-9)));
  }

  /** A file that the script wrote. */
  static InputStream open(String file) {
    return OpenBanditPipeline.class.getResourceAsStream(FOLDER + file);
  }

  private double ours(String name) {
    int colon = name.indexOf(':');
    if (colon < 0) {
      return Estimate.of(name, 1, rows);
    }
    String estimator = name.substring(0, colon);
    String parameter = name.substring(colon + 1);
    if (Estimators.named(estimator).orElseThrow().weighsGroups()) {
      TunedEstimator grouped = grouped(estimator);
      return grouped.mean(Estimate.meanTerms(grouped, rows), Integer.parseInt(parameter));
    }
    Estimator fixed = fixed(estimator, Double.parseDouble(parameter));
    return fixed.value(Estimate.meanTerms(fixed, rows));
  }

  private TunedEstimator grouped(String name) {
    List<Grouping> groupings = List.of(new Grouping("third", 4));
    return (TunedEstimator)
        Estimators.named(name)
            .orElseThrow()
            .constructor()
            .create(new Estimators.Setting(1, 1, rows.size(), groupings));
  }

  private Estimator fixed(String name, double parameter) {
    double[] grid = {parameter};
    Estimators.Setting log = new Estimators.Setting(1, 1, rows.size());
    return switch (name) {
      case "clipped-inverse-propensity" -> new CutWeights(Baseline.NONE, Beyond.CLIPPED, grid, log);
      case "clipped-doubly-robust" ->
          new CutWeights(Baseline.Q_FUNCTION, Beyond.CLIPPED, grid, log);
      case "switch-doubly-robust" -> new CutWeights(Baseline.Q_FUNCTION, Beyond.DROPPED, grid, log);
      case "optimistic-shrinkage-doubly-robust" ->
          new ShrunkWeights(Baseline.Q_FUNCTION, Shrinkage.OPTIMISTIC, grid, log);
      case "sub-gaussian-inverse-propensity" ->
          new ShrunkWeights(Baseline.NONE, Shrinkage.SUB_GAUSSIAN, grid, log);
      case "sub-gaussian-doubly-robust" ->
          new ShrunkWeights(Baseline.Q_FUNCTION, Shrinkage.SUB_GAUSSIAN, grid, log);
      default -> throw new IllegalArgumentException(name);
    };
  }
}
