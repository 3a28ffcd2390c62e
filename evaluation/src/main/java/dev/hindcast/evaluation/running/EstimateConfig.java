package dev.hindcast.evaluation.running;

import dev.hindcast.core.config.ConfigNode;
import dev.hindcast.core.config.DidYouMean;
import dev.hindcast.core.config.Require;
import dev.hindcast.core.policy.Pipeline;
import dev.hindcast.core.policy.PolicySpec;
import dev.hindcast.evaluation.estimator.Estimators;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How policies are judged while episodes end.
 *
 * @param champion the policy in charge, with which the others are compared
 * @param challengers the others
 * @param qFunctions folders of Q-function bundles
 * @param estimator the catalogue name of the estimator; absent for the best that applies
 * @param discount γ
 * @param horizon steps of the longest episode that is estimated, at least 1
 * @param window how long a window of time is
 * @param returns the range that returns lie in; absent when nothing is known
 * @param weightCap weights above it count as it in bounds from known ranges; infinite for none
 * @param sequence what bounds are made by
 * @param level the probability with which the bounds shown hold at every moment together
 * @param plannedEpisodes after how many episodes bounds are tightest
 * @param firstLook before the effective sample size is so large, asymptotic bounds say nothing
 * @param gate what the champion is to be worth; absent for no gate
 * @param falseAlarms the probability that any alarm about values in a whole run is false
 * @param leastSampleShare the share of a window's episodes that its effective sample size is to be
 *     at least, in [0, 1]
 * @param restartEvery after how long bounds begin anew; zero for never
 */
public record EstimateConfig(
    PolicySpec champion,
    List<PolicySpec> challengers,
    List<String> qFunctions,
    Optional<String> estimator,
    double discount,
    int horizon,
    Duration window,
    Optional<Range> returns,
    double weightCap,
    Sequence sequence,
    double level,
    double plannedEpisodes,
    int firstLook,
    Optional<Double> gate,
    double falseAlarms,
    double leastSampleShare,
    Duration restartEvery) {
  /** Checks the ranges and copies the lists. */
  public EstimateConfig {
    challengers = List.copyOf(challengers);
    qFunctions = List.copyOf(qFunctions);
    Require.that(horizon >= 1, "horizon is " + horizon + ", but must be 1 or more.");
    Require.that(!window.isZero(), "window is 0, so no episode would fall into any.");
    Require.that(weightCap > 0, "weight-cap is " + weightCap + ", but must be above 0.");
    Require.open("level", level, 0, 1);
    Require.positive("planned-episodes", plannedEpisodes);
    Require.that(firstLook >= 2, "first-look is " + firstLook + ", but must be 2 or more.");
    Require.open("false-alarms", falseAlarms, 0, 1);
    Require.closed("least-sample-share", leastSampleShare, 0, 1);
    Require.that(
        sequence != Sequence.EMPIRICAL_BERNSTEIN || returns.isPresent(),
        "sequence is empirical-bernstein, which needs returns: {from: ..., to: ...}, the range that returns lie in.");
    Require.that(
        restartEvery.isZero() || restartEvery.compareTo(window) >= 0,
        "restart-every is shorter than window, so bounds would never see more than one.");
  }

  /** What bounds are made by. */
  public enum Sequence {
    /** Exact at every size, for known ranges of returns and any weights. */
    EMPIRICAL_BERNSTEIN("empirical-bernstein"),
    /** As right as the central limit theorem, for every estimator. */
    ASYMPTOTIC("asymptotic");

    private final String key;

    Sequence(String key) {
      this.key = key;
    }

    /** The spelling in configs and files. */
    public String key() {
      return key;
    }
  }

  /**
   * The range that returns lie in.
   *
   * @param from the least return
   * @param to the largest
   */
  public record Range(double from, double to) {
    /** Checks the order. */
    public Range {
      Require.that(
          Double.isFinite(from) && Double.isFinite(to) && from < to,
          "returns go from " + from + " to " + to + ", but need a least and a larger largest.");
    }

    double width() {
      return to - from;
    }

    double cut(double value) {
      return Math.min(to, Math.max(from, value));
    }
  }

  /**
   * Reads the section; mistakes become problems of the document.
   *
   * @param isOneStep whether every episode has one step, so that a horizon need not be given
   */
  public static Optional<EstimateConfig> from(
      ConfigNode section, Pipeline pipeline, boolean isOneStep) {
    PolicySpec champion =
        section.at("champion").isPresent()
            ? pipeline.resolve(section.at("champion")).orElse(new PolicySpec.Logged())
            : new PolicySpec.Logged();
    List<PolicySpec> challengers = new ArrayList<>();
    Set<String> names = new HashSet<>(Set.of(champion.name()));
    for (ConfigNode item : section.at("challengers").items()) {
      pipeline
          .resolve(item)
          .ifPresent(
              spec -> {
                if (!names.add(spec.name())) {
                  item.problem("policy '" + spec.name() + "' stands twice");
                }
                challengers.add(spec);
              });
    }
    List<String> functions =
        section.at("q-functions").items().stream().map(ConfigNode::filePath).toList();
    Optional<String> estimator = section.at("estimator").optionalText();
    estimator
        .filter(name -> Estimators.named(name).isEmpty())
        .ifPresent(
            name ->
                section
                    .at("estimator")
                    .problem(
                        "there is no estimator '"
                            + name
                            + "'."
                            + DidYouMean.hint(name, Estimators.names())));
    if (!isOneStep && !section.at("horizon").isPresent()) {
      section.at("horizon").problem("is missing: the steps of the longest episode");
    }
    int horizon = section.at("horizon").integer(1);
    Duration window = section.at("window").duration(Duration.ofMinutes(10));
    Optional<Range> returns = range(section.section("returns"));
    double cap = section.at("weight-cap").number(Double.POSITIVE_INFINITY);
    Sequence sequence =
        section
            .at("sequence")
            .choice(
                Sequence.class,
                returns.isPresent() ? Sequence.EMPIRICAL_BERNSTEIN : Sequence.ASYMPTOTIC);
    double level = section.at("level").number(0.95);
    double planned = section.at("planned-episodes").number(10_000);
    int firstLook = section.at("first-look").integer(50);
    Optional<Double> gate = section.at("gate").optionalNumber();
    double falseAlarms = section.at("false-alarms").number(0.05);
    double share = section.at("least-sample-share").number(0.01);
    Duration restart = section.at("restart-every").duration(Duration.ZERO);
    return section.checked(
        () ->
            new EstimateConfig(
                champion,
                challengers,
                functions,
                estimator,
                pipeline.discount(),
                horizon,
                window,
                returns,
                cap,
                sequence,
                level,
                planned,
                firstLook,
                gate,
                falseAlarms,
                share,
                restart));
  }

  /** Champion first. */
  public List<PolicySpec> policies() {
    List<PolicySpec> all = new ArrayList<>();
    all.add(champion);
    all.addAll(challengers);
    return all;
  }

  private static Optional<Range> range(ConfigNode node) {
    if (!node.isPresent()) {
      return Optional.empty();
    }
    for (String end : List.of("from", "to")) {
      if (!node.at(end).isPresent()) {
        node.at(end).problem("is missing");
      }
    }
    double from = node.at("from").number(0);
    double to = node.at("to").number(1);
    return node.checked(() -> new Range(from, to));
  }
}
