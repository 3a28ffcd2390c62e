package dev.hindcast.gbrl.algorithm;

import dev.hindcast.gbrl.tree.Collective;
import dev.hindcast.training.algorithm.Actions;
import dev.hindcast.training.algorithm.Algorithm;
import dev.hindcast.training.algorithm.Assignment;
import dev.hindcast.training.algorithm.Catalogue;
import dev.hindcast.training.algorithm.TrainSettings;
import dev.hindcast.training.algorithm.Trainee;
import dev.hindcast.training.algorithm.Yields;
import dev.hindcast.training.learner.Meeting;
import dev.hindcast.training.loop.Schedule;
import dev.hindcast.training.sampling.Draws;
import dev.hindcast.training.sampling.Uses;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;

/** The catalogue of algorithms of trees. A new one is one file and one line here. */
public final class TreeAlgorithms {
  /** So many checkpoints and lines of metrics, at least, whatever the number of rounds. */
  private static final int CHECKPOINTS = 10;

  private static final int LINES = 50;

  private static final Map<String, String> IGNORED = ignoredSettings();

  /**
   * One algorithm.
   *
   * @param name what configs call it
   * @param description one line for people
   * @param actions which kinds of actions it is for
   * @param defaults its own settings, each with its default
   * @param rounds how many rounds such settings ask for
   * @param yields what comes out
   * @param uses what goes in
   * @param constructor makes it
   */
  public record Entry<C extends Record>(
      String name,
      String description,
      Actions actions,
      C defaults,
      ToIntFunction<C> rounds,
      Yields yields,
      Uses uses,
      BiFunction<Setting, C, TreeLearner> constructor)
      implements Algorithm {
    /** Every round sees every step. */
    @Override
    public Draws draws() {
      return Draws.ALL;
    }

    @Override
    public boolean hasMean() {
      return false;
    }

    @Override
    public Optional<Meeting> meeting() {
      return Optional.of(Collective.meeting());
    }

    @Override
    public Map<String, String> ignored() {
      return IGNORED;
    }

    /** Ensembles that were fitted to a log once are not grown further. */
    @Override
    public boolean goesOn() {
      return STREAMED.contains(this);
    }

    /** One update for every round of its options. */
    @Override
    public Schedule schedule(TrainSettings settings, Record options) {
      int updates = rounds.applyAsInt(own(options));
      int checkpointEvery =
          Math.min(settings.checkpointEvery(), Math.max(1, updates / CHECKPOINTS));
      int metricsEvery = Math.min(settings.metricsEvery(), Math.max(1, updates / LINES));
      return new Schedule(updates, 1, checkpointEvery, metricsEvery);
    }

    @Override
    public Trainee open(Assignment assignment) {
      catalogue().check(this, assignment.data().actionSpace());
      return TreeTrainee.of(this, assignment);
    }

    /** The learner with these settings, which must be of this entry's kind. */
    public TreeLearner learner(Setting setting, Record options) {
      return constructor.apply(setting, own(options));
    }

    @SuppressWarnings("unchecked")
    private C own(Record options) {
      return (C) defaults.getClass().cast(options);
    }

    /** It travels as its name: a constructor does not. */
    private Object writeReplace() {
      return new Name(name);
    }
  }

  /** An entry on its way. */
  private record Name(String name) implements Serializable {
    private Object readResolve() {
      return Stream.concat(ALL.stream(), STREAMED.stream())
          .filter(entry -> entry.name().equals(name))
          .findFirst()
          .orElseThrow();
    }
  }

  private static final List<Entry<?>> ALL =
      List.of(
          new Entry<>(
              "behavior-cloning-trees",
              "Imitates the logged actions with boosted trees; calibrated on held-out episodes.",
              Actions.BOTH,
              Imitation.DEFAULT,
              Imitation::rounds,
              Yields.POLICY,
              Uses.ALL_STEPS,
              BehaviorCloningTrees::new),
          new Entry<>(
              "advantage-weighted-trees",
              "Values by expectiles, then imitates actions by their advantage, with boosted trees.",
              Actions.BOTH,
              AdvantageWeightedTrees.Config.DEFAULT,
              AdvantageWeightedTrees.Config::rounds,
              Yields.POLICY,
              Uses.STEPS_WITH_NEXT_OBSERVATION,
              AdvantageWeightedTrees::new),
          new Entry<>(
              "f-dvl-trees",
              "As advantage-weighted trees, with values from an f-divergence.",
              Actions.BOTH,
              FDvlTrees.Config.DEFAULT,
              FDvlTrees.Config::rounds,
              Yields.POLICY,
              Uses.STEPS_WITH_NEXT_OBSERVATION,
              FDvlTrees::new),
          new Entry<>(
              "fitted-q-trees",
              "Fitted Q iteration with boosted trees: greedy among actions that the log makes probable.",
              Actions.DISCRETE,
              FittedQTrees.Config.DEFAULT,
              FittedQTrees.Config::rounds,
              Yields.POLICY,
              Uses.STEPS_WITH_NEXT_OBSERVATION,
              FittedQTrees::new),
          new Entry<>(
              "conservative-trees",
              "Conservative Q-learning with boosted trees: values pushed down where the log never went.",
              Actions.DISCRETE,
              ConservativeTrees.Config.DEFAULT,
              ConservativeTrees.Config::rounds,
              Yields.POLICY,
              Uses.STEPS_WITH_NEXT_OBSERVATION,
              ConservativeTrees::new),
          new Entry<>(
              "demonstration-regularized-trees",
              "Clones the demonstrations with boosted trees, then improves at a price for straying.",
              Actions.DISCRETE,
              DemonstrationRegularizedTrees.Config.DEFAULT,
              DemonstrationRegularizedTrees.Config::rounds,
              Yields.POLICY,
              Uses.STEPS_WITH_NEXT_OBSERVATION,
              DemonstrationRegularizedTrees::new),
          new Entry<>(
              "fitted-q-evaluation-trees",
              "Learns with boosted trees what actions are worth under a target policy.",
              Actions.BOTH,
              FittedValues.DEFAULT,
              FittedValues::rounds,
              Yields.Q_FUNCTION,
              Uses.STEPS_WITH_NEXT_OBSERVATION,
              FittedQEvaluationTrees::new));

  private static final List<Entry<?>> STREAMED =
      List.of(
          new Entry<>(
              "gradient-boosted-ppo",
              "Proximal policy optimization with boosted trees, on fresh episodes.",
              Actions.BOTH,
              GradientBoostedPpo.Config.DEFAULT,
              GradientBoostedPpo.Config::rounds,
              Yields.POLICY,
              Uses.STEPS_WITH_NEXT_OBSERVATION,
              GradientBoostedPpo::new));

  private TreeAlgorithms() {}

  private static Map<String, String> ignoredSettings() {
    Map<String, String> ignored = new LinkedHashMap<>();
    ignored.put("updates", "it takes one update for each of its rounds; set those");
    ignored.put("batch-size", "every round sees all steps");
    ignored.put("hidden", "it has no networks; set growth");
    ignored.put("embedding-width", "trees take categories as they are");
    ignored.put("demonstration-share", "every round sees all steps");
    return ignored;
  }

  /** All that can learn from a dataset alone, in the order people should read them. */
  public static List<Entry<?>> all() {
    return ALL;
  }

  /** Those that need fresh episodes of the very policy they train. */
  public static List<Entry<?>> streamed() {
    return STREAMED;
  }

  /** Both, for configs to name. */
  public static Catalogue catalogue() {
    return new Catalogue(List.copyOf(ALL), List.copyOf(STREAMED));
  }
}
