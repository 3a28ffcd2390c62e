package dev.hindcast.streaming.plan;

import dev.hindcast.core.config.ConfigNode;
import dev.hindcast.core.config.Require;
import dev.hindcast.core.policy.Pipeline;
import dev.hindcast.core.policy.PolicySpec;
import dev.hindcast.gbrl.algorithm.TreeAlgorithms;
import dev.hindcast.offlinerl.algorithm.Algorithms;
import dev.hindcast.training.algorithm.Algorithm;
import dev.hindcast.training.algorithm.Catalogue;
import dev.hindcast.training.algorithm.TrainSettings;
import dev.hindcast.training.algorithm.Yields;
import dev.hindcast.training.learner.Device;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The section {@code stream.learn}: how a policy goes on learning from a stream.
 *
 * @param from the bundle to begin from
 * @param dataset what it was trained on, or another of the same spaces: to rehearse with
 * @param rewardWeights of the components of that dataset's rewards; empty for those it has
 * @param algorithm from the catalogue
 * @param options its own settings
 * @param settings those every algorithm has
 * @param discount γ, in [0, 1]
 * @param interval when it learns
 * @param diet what it learns from
 * @param mostDivergence how far, in nats, the policy of one interval may be from the one before
 * @param isShadow whether it learns without promoting anything
 * @param publish the folder of child bundles
 * @param registry where it says which version is in force; empty for nowhere
 * @param policy what it is called there
 * @param events the folder of what happened
 * @param seed of all randomness
 * @param guard when it stops learning
 */
public record LearnConfig(
    String from,
    String dataset,
    Map<String, Double> rewardWeights,
    Algorithm algorithm,
    Record options,
    TrainSettings settings,
    double discount,
    Interval interval,
    Diet diet,
    double mostDivergence,
    boolean isShadow,
    String publish,
    String registry,
    String policy,
    String events,
    long seed,
    Guard guard)
    implements Serializable {
  private static final double MOST_DIVERGENCE = 0.05;

  /** Copies the map and checks the ranges. */
  public LearnConfig {
    rewardWeights = new TreeMap<>(rewardWeights);
    Require.positive("most-divergence", mostDivergence);
  }

  /**
   * When an interval is over. Both are counted in events, never by the machine's clock.
   *
   * @param steps after so many steps, or 0
   * @param millis after so much time of events, or 0
   */
  public record Interval(int steps, long millis) implements Serializable {
    /** Checks that there is one of the two. */
    public Interval {
      Require.that(
          (steps > 0) != (millis > 0),
          "needs either steps or time, such as interval: {steps: 2000}");
    }
  }

  /**
   * What is learned from.
   *
   * @param updatesPerStep gradient updates for each new step; for learners that say themselves how
   *     many rounds they make, it means nothing
   * @param warmUp updates on the dataset before the first interval, in which all is learned but the
   *     policy
   * @param rehearsedSteps how many steps of the dataset are kept for rehearsal, at most
   * @param window how many of the newest steps are kept, at least
   * @param freshShare of every batch that is from the window, in [0, 1]; the rest is rehearsal
   */
  public record Diet(
      double updatesPerStep, int warmUp, int rehearsedSteps, int window, double freshShare)
      implements Serializable {
    /**
     * One update for a step and half of each batch rehearsal, as Ball and others (2023,
     * arXiv:2302.02948) mix; the sizes are ours.
     */
    public static final Diet DEFAULT = new Diet(1, 1_000, 20_000, 20_000, 0.5);

    /** Checks the ranges. */
    public Diet {
      Require.positive("updates-per-step", updatesPerStep);
      Require.nonNegative("warm-up", warmUp);
      Require.positive("rehearsed-steps", rehearsedSteps);
      Require.positive("window", window);
      Require.closed("fresh-share", freshShare, 0, 1);
    }
  }

  /**
   * When learning freezes.
   *
   * @param effectiveShare the effective sample size of an interval under the new policy, as a share
   *     of its steps, below which it is not learned from, in [0, 1]
   * @param strangeShare the share of episodes with a reward beyond all rewards of the dataset that
   *     is taken for normal, in (0, 1)
   * @param rewardTolerance by how much the mean reward of an interval may differ from that of those
   *     before, as a share of the range of rewards, in (0, 1)
   * @param error the probability, over a whole run, of freezing although both hold, in (0, 1)
   * @param reference with how many intervals before an interval is compared
   * @param thawAfter so many sound intervals in a row end a freeze
   */
  public record Guard(
      double effectiveShare,
      double strangeShare,
      double rewardTolerance,
      double error,
      int reference,
      int thawAfter)
      implements Serializable {
    /** Our own choices. */
    public static final Guard DEFAULT = new Guard(0.1, 0.01, 0.1, 0.05, 5, 2);

    /** Checks the ranges. */
    public Guard {
      Require.closed("effective-share", effectiveShare, 0, 1);
      share("strange-share", strangeShare);
      share("reward-tolerance", rewardTolerance);
      share("error", error);
      Require.positive("reference", reference);
      Require.positive("thaw-after", thawAfter);
    }

    private static void share(String key, double value) {
      Require.that(value > 0 && value < 1, key + " is " + value + ", but must lie in (0, 1).");
    }
  }

  /** All algorithms that a stream can learn with. */
  public static Catalogue catalogue() {
    return Algorithms.catalogue().and(TreeAlgorithms.catalogue());
  }

  /** Whether its algorithm needs fresh episodes of about the policy that it trains. */
  public boolean isOnPolicy() {
    return catalogue().streamed().stream()
        .anyMatch(streamed -> streamed.name().equals(algorithm.name()));
  }

  /**
   * Reads the section; mistakes become problems.
   *
   * @param stream the section {@code stream}
   * @param hasPropensity whether the mapping has propensities
   */
  static Optional<LearnConfig> from(ConfigNode stream, Pipeline pipeline, boolean hasPropensity) {
    if (!stream.has("learn")) {
      return Optional.empty();
    }
    ConfigNode learn = stream.section("learn");
    if (!hasPropensity) {
      learn.problem(
          "needs ingest.propensity: without it nobody can tell how much a policy's episodes say of another one");
    }
    if (!stream.at("dataset").isPresent()) {
      learn.problem("needs stream.dataset: what the policy was trained on, to rehearse with");
    }
    ConfigNode item = learn.at("algorithm");
    ConfigNode name = item.isSection() ? item.at("name") : item;
    Optional<Algorithm> algorithm = algorithm(name);
    if (algorithm.isEmpty()) {
      item.leaveToOthers();
    }
    ConfigNode interval = learn.section("interval");
    Optional<Interval> every =
        interval.checked(
            () ->
                new Interval(
                    interval.at("steps").integer(0),
                    interval.at("time").duration(Duration.ZERO).toMillis()));
    String output = stream.at("output").filePath();
    String from = learn.at("from").filePath();
    double divergence = learn.at("most-divergence").number(MOST_DIVERGENCE);
    boolean isShadow = learn.at("shadow").flag(false);
    long seed = learn.at("seed").whole(0);
    String publish =
        learn.at("publish").isPresent() ? learn.at("publish").filePath() : output + "/bundles";
    String registry = learn.at("registry").isPresent() ? learn.at("registry").filePath() : "";
    ConfigNode policyNode = learn.at("policy");
    String policy = policyNode.optionalText().orElse(pipeline.name());
    if (!PolicySpec.NAME.matcher(policy).matches()) {
      policyNode.problem("'" + policy + "' should be letters, digits, '.', '_' or '-'");
    }
    if (policyNode.isPresent() && registry.isEmpty()) {
      policyNode.problem("is the policy's name in a registry: say which one with registry");
    }
    Diet diet = learn.section("diet").record(Diet.DEFAULT);
    Guard guard = learn.section("guard").record(Guard.DEFAULT);
    if (algorithm.isEmpty() || every.isEmpty() || !stream.at("dataset").isPresent()) {
      return Optional.empty();
    }
    Record defaults = algorithm.get().defaults();
    Record options = item.isSection() ? item.record(defaults) : defaults;
    TrainSettings settings =
        item.isSection() ? item.record(TrainSettings.DEFAULT) : TrainSettings.DEFAULT;
    return learn.checked(
        () ->
            new LearnConfig(
                from,
                stream.at("dataset").filePath(),
                pipeline.rewardWeights(),
                algorithm.get(),
                options,
                onCpu(settings),
                pipeline.discount(),
                every.get(),
                diet,
                divergence,
                isShadow,
                publish,
                registry,
                policy,
                output + "/learning",
                seed,
                guard));
  }

  private static Optional<Algorithm> algorithm(ConfigNode name) {
    Catalogue known = catalogue();
    Catalogue all =
        new Catalogue(
            Stream.concat(known.all().stream(), known.streamed().stream()).toList(), List.of());
    String text = name.text();
    Optional<Algorithm> found = all.named(text);
    if (found.isEmpty()) {
      name.problem(all.refusal(text));
    } else if (found.get().yields() != Yields.POLICY) {
      name.problem(text + " learns values; name an algorithm that learns a policy");
      return Optional.empty();
    }
    return found;
  }

  /** The same bits after a failure as without one: there is no such promise for a GPU. */
  private static TrainSettings onCpu(TrainSettings s) {
    return new TrainSettings(
        1,
        s.updates(),
        s.batchSize(),
        0,
        s.metricsEvery(),
        Device.CPU,
        s.hidden(),
        s.embeddingWidth(),
        s.rewardScale(),
        s.rewardShift(),
        s.demonstrationShare(),
        s.alarms(),
        false,
        0,
        s.distribution());
  }
}
