package dev.hindcast.evaluation.running;

import dev.hindcast.core.artefact.StableHash;
import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.Decisions;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.policy.Bundle;
import dev.hindcast.core.policy.BundleLoader;
import dev.hindcast.core.policy.BundleManifest;
import dev.hindcast.core.policy.PolicySpec;
import dev.hindcast.core.policy.QFunction;
import dev.hindcast.core.policy.TargetPolicy;
import dev.hindcast.dataset.ArtefactFolder;
import dev.hindcast.dataset.TargetPolicies;
import dev.hindcast.evaluation.estimator.Estimator;
import dev.hindcast.evaluation.estimator.Estimators;
import dev.hindcast.evaluation.estimator.ScoredEpisode;
import dev.hindcast.evaluation.running.EstimateConfig.Range;
import dev.hindcast.evaluation.running.EstimateConfig.Sequence;
import dev.hindcast.evaluation.scoring.Candidate;
import dev.hindcast.evaluation.scoring.ScoredLog;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Who is judged by what, and which numbers of an episode that takes. For every policy: the terms of
 * its estimator and the weight of the episode. Where the range of returns is known also, for bounds
 * that hold at every moment, numbers from 0 upwards whose means are at most 1 and tell of values:
 *
 * <pre>
 *   low     w (G - from) / range                           mean (V - from) / range
 *   high    w (to - G) / range                             mean (to - V) / range
 *   better  (w (G - from) + w' (to - G)) / (2 range)       mean ((V - V') / range + 1) / 2
 *   worse   (w (to - G) + w' (G - from)) / (2 range)       mean ((V' - V) / range + 1) / 2
 * </pre>
 *
 * with G the return, w the weight (at most the cap), and w' and V' those of the champion. Where the
 * log lacks what a policy does, means are smaller than that, and every bound still holds.
 */
public final class RunningPlan implements Serializable {
  private static final long serialVersionUID = 1L;

  /** More numbers for each episode would make too many products. */
  static final int MOST_NUMBERS = 384;

  private final long id;
  private final List<Judged> policies;
  private final int[] places; // (policies) where a policy's numbers start
  private final int width;
  private final double discount;
  private final int horizon;
  private final double from; // not a number when the range of returns is not known
  private final double to;
  private final double weightCap;
  private final Limits limits;

  /**
   * A policy that is judged.
   *
   * @param name what it is called
   * @param candidate how it acts
   * @param estimatorName in the catalogue
   * @param estimatorLabel its short name
   * @param estimator what is computed
   */
  public record Judged(
      String name,
      Candidate candidate,
      String estimatorName,
      String estimatorLabel,
      Estimator estimator)
      implements Serializable {}

  /**
   * What bounds and alarms go by.
   *
   * @param isExact whether bounds are empirical-Bernstein ones
   * @param level the probability with which the bounds shown hold at every moment together
   * @param planned after how many episodes bounds are tightest
   * @param firstLook before the effective sample size is so large, asymptotic bounds say nothing
   * @param gate what the champion is to be worth; not a number for no gate
   * @param falseAlarms the probability that any alarm about values is false
   * @param leastSampleShare the least effective sample size of a window, as a share
   * @param window how long a window is, in milliseconds
   * @param restartEvery after how many milliseconds bounds begin anew; 0 for never
   */
  public record Limits(
      boolean isExact,
      double level,
      double planned,
      int firstLook,
      double gate,
      double falseAlarms,
      double leastSampleShare,
      long window,
      long restartEvery)
      implements Serializable {
    /** Whether there is a gate. */
    public boolean hasGate() {
      return !Double.isNaN(gate);
    }
  }

  private RunningPlan(EstimateConfig config, List<Judged> policies, String described) {
    this.policies = List.copyOf(policies);
    discount = config.discount();
    horizon = config.horizon();
    from = config.returns().map(Range::from).orElse(Double.NaN);
    to = config.returns().map(Range::to).orElse(Double.NaN);
    weightCap = config.weightCap();
    places = new int[policies.size()];
    int next = 0;
    for (int p = 0; p < places.length; p++) {
      places[p] = next;
      next += policies.get(p).estimator().termCount() + 1;
      next += hasRange() ? (p == 0 ? 2 : 4) : 0;
    }
    width = next;
    id =
        StableHash.of(
            String.join(
                " ",
                described,
                Double.toString(discount),
                Integer.toString(horizon),
                Double.toString(from),
                Double.toString(to),
                Double.toString(weightCap)));
    limits =
        new Limits(
            config.sequence() == Sequence.EMPIRICAL_BERNSTEIN,
            config.level(),
            config.plannedEpisodes(),
            config.firstLook(),
            config.gate().orElse(Double.NaN),
            config.falseAlarms(),
            config.leastSampleShare(),
            config.window().toMillis(),
            config.restartEvery().toMillis());
  }

  /**
   * Loads the policies and chooses estimators.
   *
   * @param seen what observations of the log hold
   * @param chosenFrom its actions
   * @param hasPropensities whether it says how likely actions were
   * @param isOneStep whether every episode has one step
   * @throws UserError when a bundle is missing or does not fit, or there is no estimator
   */
  public static RunningPlan of(
      EstimateConfig config,
      ObservationSpace seen,
      ActionSpace chosenFrom,
      boolean hasPropensities,
      boolean isOneStep,
      BundleLoader loader) {
    List<Bundle> functions = new ArrayList<>();
    for (String folder : config.qFunctions()) {
      functions.add(qFunction(folder, seen, chosenFrom, loader));
    }
    Estimators.Setting setting = new Estimators.Setting(config.horizon(), config.discount(), 0);
    List<Judged> judged = new ArrayList<>();
    StringBuilder described = new StringBuilder();
    for (PolicySpec spec : config.policies()) {
      TargetPolicy policy = TargetPolicies.resolve(spec, seen, chosenFrom, loader);
      List<Bundle> speaking =
          functions.stream().filter(bundle -> speaksOf(bundle.manifest(), policy)).toList();
      List<QFunction> values =
          speaking.stream().map(bundle -> bundle.qFunction().orElseThrow()).toList();
      Candidate candidate =
          policy.policy().map(acting -> Candidate.of(acting, values)).orElse(Candidate.logged());
      if (policy.policy().isPresent() && !hasPropensities) {
        throw UserError.usage(
            "Cannot estimate what "
                + policy.name()
                + " is worth from this stream: events do not say how likely actions were. Map ingest.propensity, or judge only 'logged'.");
      }
      requireDensity(policy, seen, chosenFrom);
      Estimators.Entry entry = entry(config, policy, !values.isEmpty(), isOneStep);
      judged.add(
          new Judged(
              policy.name(),
              candidate,
              entry.name(),
              entry.label(),
              entry.constructor().create(setting)));
      described.append(policy.name()).append(' ').append(policy.fingerprint());
      described.append(' ').append(entry.name());
      speaking.forEach(bundle -> described.append(' ').append(bundle.manifest().fingerprint()));
      described.append('\n');
    }
    RunningPlan plan = new RunningPlan(config, judged, described.toString());
    if (plan.width > MOST_NUMBERS) {
      throw UserError.usage(
          "Cannot estimate so much of a stream: "
              + judged.size()
              + " policies over "
              + config.horizon()
              + " steps take "
              + plan.width
              + " numbers of every episode, and at most "
              + MOST_NUMBERS
              + " are kept. Lower stream.estimate.horizon, name fewer challengers, or set stream.estimate.estimator: self-normalized-trajectory-importance-sampling.");
    }
    return plan;
  }

  /** What makes numbers comparable: another plan has another id. */
  public long id() {
    return id;
  }

  /** Champion first. */
  public List<Judged> policies() {
    return policies;
  }

  /** What bounds and alarms go by. */
  public Limits limits() {
    return limits;
  }

  /** How many numbers an episode has. */
  public int width() {
    return width;
  }

  /**
   * The numbers of every episode of a file that is not too long.
   *
   * @return in the file's order; shorter than it by those that are longer than the horizon
   */
  public List<EpisodeNumbers> numbers(TransitionColumns columns) {
    List<ScoredLog> logs =
        policies.stream()
            .map(policy -> ScoredLog.of(columns, policy.candidate(), Optional.empty()))
            .toList();
    List<EpisodeNumbers> all = new ArrayList<>();
    for (int e = 0; e < columns.episodes(); e++) {
      if (columns.end(e) - columns.start(e) <= horizon) {
        int episode = e;
        all.add(
            numbers(columns.episodeId(e), logs.stream().map(log -> log.episode(episode)).toList()));
      }
    }
    return all;
  }

  /**
   * The numbers of one episode.
   *
   * @param scored it as each policy sees it
   */
  public EpisodeNumbers numbers(String episodeId, List<ScoredEpisode> scored) {
    double[] numbers = new double[width];
    double value = scored.get(0).discountedReturn(discount);
    double cut = Math.min(to, Math.max(from, value));
    double of = Math.min(weightCap, scored.get(0).finalWeight());
    for (int p = 0; p < places.length; p++) {
      ScoredEpisode episode = scored.get(p);
      double[] terms = policies.get(p).estimator().terms(episode);
      System.arraycopy(terms, 0, numbers, places[p], terms.length);
      numbers[weightPlace(p)] = episode.finalWeight();
      if (hasRange()) {
        double weight = Math.min(weightCap, episode.finalWeight());
        double range = to - from;
        numbers[lowPlace(p)] = weight * (cut - from) / range;
        numbers[highPlace(p)] = weight * (to - cut) / range;
        if (p > 0) {
          numbers[betterPlace(p)] = (weight * (cut - from) + of * (to - cut)) / (2 * range);
          numbers[worsePlace(p)] = (weight * (to - cut) + of * (cut - from)) / (2 * range);
        }
      }
    }
    return new EpisodeNumbers(id, episodeId, hasRange() && value != cut, numbers);
  }

  boolean hasRange() {
    return !Double.isNaN(from);
  }

  double from() {
    return from;
  }

  double to() {
    return to;
  }

  int termsPlace(int policy) {
    return places[policy];
  }

  int weightPlace(int policy) {
    return places[policy] + policies.get(policy).estimator().termCount();
  }

  int lowPlace(int policy) {
    return weightPlace(policy) + 1;
  }

  int highPlace(int policy) {
    return weightPlace(policy) + 2;
  }

  int betterPlace(int challenger) {
    return weightPlace(challenger) + 3;
  }

  int worsePlace(int challenger) {
    return weightPlace(challenger) + 4;
  }

  private static Bundle qFunction(
      String folder, ObservationSpace seen, ActionSpace chosenFrom, BundleLoader loader) {
    Bundle bundle = loader.load(ArtefactFolder.local(folder));
    String cannot = "Cannot use bundle " + folder + " as a Q-function: ";
    if (bundle.qFunction().isEmpty()) {
      throw UserError.usage(cannot + "it is a " + bundle.manifest().kind().replace('_', '-') + ".");
    }
    if (!bundle.manifest().observationSpace().equals(seen)
        || !bundle.manifest().actionSpace().equals(chosenFrom)) {
      throw UserError.usage(
          cannot
              + "it was made for other observations or actions than the stream's. Name the dataset it was trained on in stream.dataset.");
    }
    return bundle;
  }

  private static boolean speaksOf(BundleManifest function, TargetPolicy policy) {
    return policy.policy().isPresent()
        && (function.evaluates().isEmpty()
            || function.evaluates().get().fingerprint().equals(policy.fingerprint()));
  }

  private static void requireDensity(
      TargetPolicy policy, ObservationSpace seen, ActionSpace chosenFrom) {
    if (policy.policy().isEmpty() || !(chosenFrom instanceof ActionSpace.Box)) {
      return;
    }
    Decisions zeros =
        new Decisions(
            1,
            new float[seen.numeric().size()],
            new int[seen.categorical().size()],
            new boolean[0],
            new String[] {""},
            new int[1]);
    if (!policy.policy().get().continuous(zeros).hasDensity()) {
      throw UserError.usage(
          "Cannot estimate what "
              + policy.name()
              + " is worth from a stream: it acts for certain, and in a box a certain action has no density to weigh. Leave it to hindcast evaluate with a Q-function.");
    }
  }

  private static Estimators.Entry entry(
      EstimateConfig config, TargetPolicy policy, boolean hasValues, boolean isOneStep) {
    if (policy.policy().isEmpty()) {
      return Estimators.named(Estimators.ON_POLICY).orElseThrow();
    }
    if (config.estimator().isPresent()) {
      Estimators.Entry entry = Estimators.named(config.estimator().get()).orElseThrow();
      String cannot = "Cannot estimate " + policy.name() + " by " + entry.name() + ": ";
      if (entry.needs().contains(Estimators.Need.Q_FUNCTION) && !hasValues) {
        throw UserError.usage(cannot + "no Q-function of it is among stream.estimate.q-functions.");
      }
      if (entry.needs().contains(Estimators.Need.VISIT_RATIOS)) {
        throw UserError.usage(
            cannot
                + "ratios of visits are those to one log, and a stream goes on. Leave it to hindcast evaluate.");
      }
      if (entry.isOfWholeLogs()) {
        throw UserError.usage(
            cannot + "it looks at a whole log first. Leave it to hindcast evaluate.");
      }
      if (entry.needs().contains(Estimators.Need.EPISODE_COUNT)) {
        throw UserError.usage(
            cannot
                + "it has to know how many episodes there will be. Leave it to hindcast evaluate.");
      }
      if (!entry.suits(isOneStep)) {
        throw UserError.usage(
            cannot
                + (isOneStep
                    ? "every episode has one step."
                    : "episodes have many steps, or it is for 'logged' only."));
      }
      return entry;
    }
    return Estimators.preference().stream()
        .map(name -> Estimators.named(name).orElseThrow())
        .filter(entry -> entry.suits(isOneStep) && entry.isWeighted())
        .filter(entry -> hasValues || !entry.needs().contains(Estimators.Need.Q_FUNCTION))
        .findFirst()
        .orElseThrow();
  }
}
