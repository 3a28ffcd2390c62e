package dev.hindcast.training.spark;

import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.Split;
import dev.hindcast.core.policy.Bundle;
import dev.hindcast.core.policy.BundleLoader;
import dev.hindcast.core.policy.BundleManifest;
import dev.hindcast.core.policy.PolicySpec;
import dev.hindcast.core.policy.TargetPolicy;
import dev.hindcast.dataset.ArtefactFolder;
import dev.hindcast.dataset.ArtefactWriter;
import dev.hindcast.dataset.Dataset;
import dev.hindcast.dataset.TargetPolicies;
import dev.hindcast.training.algorithm.Yields;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * Trains what a config asks for, one Spark task per algorithm and seed: first the policies, then
 * what evaluates them; evaluations of policies that are there before go with the first. Every
 * bundle is published by itself, so a run that was stopped goes on where it was.
 */
public final class TrainJob {
  private final SparkSession spark;
  private final TrainConfig config;
  private final Dataset dataset;
  private final String output;
  private final BundleLoader loader;
  private final ArtefactWriter.Existing existing;
  private final Consumer<String> progress;
  private final TrackedTrials tracked;
  private List<TrainConfig.Plan> plans;
  private final Map<String, Trained> done = new LinkedHashMap<>();

  private TrainJob(
      SparkSession spark,
      TrainConfig config,
      Dataset dataset,
      String output,
      BundleLoader loader,
      ArtefactWriter.Existing existing,
      Consumer<String> progress) {
    this.spark = spark;
    this.config = config;
    plans = config.plans();
    this.dataset = dataset.withRewardWeights(config.pipeline().rewardWeights());
    this.output = output.replaceFirst("(?<=[^/])/+$", "");
    this.loader = loader;
    this.existing = existing;
    this.progress = progress;
    this.tracked = TrackedTrials.of(config.tracking(), this.output, progress);
  }

  /**
   * A bundle that training was to leave.
   *
   * @param folder where it lies
   * @param manifest what it says of itself
   * @param alreadyThere whether an earlier run had made it already
   */
  public record Trained(String folder, BundleManifest manifest, boolean alreadyThere) {}

  /**
   * Trains all of it.
   *
   * @param output the folder that will hold a folder for each bundle
   * @param loader reads the bundles back, and those that the config names as policies
   * @param existing what to do with bundles of another config, dataset, seed or build in these
   *     places; equal ones are kept as they are
   * @param progress told what happens, a line at a time, from several threads
   * @return the bundles, in the order in which they were trained
   * @throws UserError when something about config, data or output stands in the way
   */
  public static List<Trained> run(
      SparkSession spark,
      TrainConfig config,
      Dataset dataset,
      String output,
      BundleLoader loader,
      ArtefactWriter.Existing existing,
      Consumer<String> progress) {
    TrainJob job = new TrainJob(spark, config, dataset, output, loader, existing, progress);
    try (job.tracked) {
      return job.run();
    }
  }

  private List<Trained> run() {
    checkDataset();
    Map<String, TargetPolicy> given = givenPolicies();
    Trials trials = new Trials(config, dataset);
    plans =
        new SuccessiveHalving(context(), dataset, output, trials, config.catalogue(), progress)
            .survivors(plans);
    List<Trial> first = new ArrayList<>();
    for (TrainConfig.Plan plan : plans) {
      first.addAll(
          plan.yieldsPolicy()
              ? trials.ofPolicies(plan)
              : evaluations(trials, plan, givenTargets(plan, given)));
    }
    wave(first);
    List<Trial> second = new ArrayList<>();
    for (TrainConfig.Plan plan : plans) {
      if (!plan.yieldsPolicy() && needsTarget(plan)) {
        second.addAll(evaluations(trials, plan, trainedTargets(plan)));
      }
    }
    wave(second);
    FolderCheckpoints.removeAll(output);
    return List.copyOf(done.values());
  }

  private List<Trial> evaluations(Trials trials, TrainConfig.Plan plan, List<TargetPolicy> of) {
    return needsTarget(plan)
        ? of.stream()
            .flatMap(target -> trials.ofEvaluation(plan, Optional.of(target)).stream())
            .toList()
        : trials.ofEvaluation(plan, Optional.empty());
  }

  /** Values of episodes with one step hold for any policy; nothing else does. */
  private boolean needsTarget(TrainConfig.Plan plan) {
    return plan.algorithm().yields() == Yields.VISIT_RATIOS || !dataset.manifest().isHorizonOne();
  }

  private void checkDataset() {
    for (TrainConfig.Plan plan : config.plans()) {
      config.catalogue().check(plan.algorithm(), dataset.manifest().actionSpace());
    }
    if (dataset.manifest().part(Split.Part.TRAINING).episodes() == 0) {
      throw UserError.data(
          "Cannot train: the training side of dataset "
              + dataset.manifest().name()
              + " has no episodes. Lower ingest.split.held-out, or ingest more.");
    }
    config.plans().stream()
        .flatMap(plan -> doubt(plan).stream())
        .distinct() // the points of a sweep
        .forEach(progress);
  }

  private Optional<String> doubt(TrainConfig.Plan plan) {
    return plan.algorithm()
        .doubt(
            plan.settings(),
            plan.options(),
            config.pipeline().discount(),
            dataset.manifest().part(Split.Part.TRAINING))
        .map(words -> "warning: " + plan.family() + ": " + words);
  }

  /** The policies that are there before training, by name: so that mistakes show at once. */
  private Map<String, TargetPolicy> givenPolicies() {
    Map<String, TargetPolicy> given = new LinkedHashMap<>();
    if (config.plans().stream().noneMatch(plan -> !plan.yieldsPolicy() && needsTarget(plan))) {
      return given;
    }
    List<PolicySpec> specs = new ArrayList<>(config.pipeline().policies());
    if (isDiscrete()) {
      specs.add(new PolicySpec.Uniform());
    }
    config.plans().forEach(plan -> specs.addAll(plan.of()));
    for (PolicySpec spec : specs) {
      if (!(spec instanceof PolicySpec.Named) && !(spec instanceof PolicySpec.Logged)) {
        given.put(spec.name(), TargetPolicies.resolve(spec, dataset.manifest(), loader));
      }
    }
    return given;
  }

  /** A uniform policy is one of discrete actions. */
  private boolean isDiscrete() {
    return dataset.manifest().actionSpace() instanceof ActionSpace.Discrete;
  }

  /** The policies that a plan evaluates and that are there before training. */
  private List<TargetPolicy> givenTargets(TrainConfig.Plan plan, Map<String, TargetPolicy> given) {
    return targetNames(plan).stream().filter(given::containsKey).map(given::get).toList();
  }

  /** The policies that a plan evaluates and that this run has trained. */
  private List<TargetPolicy> trainedTargets(TrainConfig.Plan plan) {
    Set<String> wanted = targetNames(plan);
    List<TargetPolicy> targets = new ArrayList<>();
    for (TrainConfig.Plan policy : plans) {
      for (int seed = 0; seed < policy.settings().seeds() && policy.yieldsPolicy(); seed++) {
        String name = policy.bundleName(seed);
        if (wanted.contains(policy.family())
            || wanted.contains(policy.label())
            || wanted.contains(name)) {
          targets.add(trained(name));
        }
      }
    }
    return targets;
  }

  /** What {@code of} says; when it says nothing, all policies there are. */
  private Set<String> targetNames(TrainConfig.Plan plan) {
    Set<String> names = new LinkedHashSet<>();
    plan.of().forEach(policy -> names.add(policy.name()));
    if (names.isEmpty()) {
      config.pipeline().policies().forEach(policy -> names.add(policy.name()));
      names.add("uniform");
      config.plans().stream()
          .filter(TrainConfig.Plan::yieldsPolicy)
          .forEach(policy -> names.add(policy.label()));
    }
    return names;
  }

  private TargetPolicy trained(String name) {
    Bundle bundle = loader.load(ArtefactFolder.local(output + "/" + name));
    return new TargetPolicy(name, "bundle", bundle.manifest().fingerprint(), bundle.policy());
  }

  /** Runs these trials side by side and waits for all of them. */
  private void wave(List<Trial> trials) {
    List<Trial> missing = new ArrayList<>();
    for (Trial trial : trials) {
      if (isThere(trial)) {
        progress.accept(trial.name() + ": already there");
      } else {
        missing.add(trial);
      }
    }
    List<Outcome> outcomes = missing.isEmpty() ? List.of() : outcomes(missing);
    for (Outcome outcome : outcomes) {
      if (outcome instanceof Outcome.Refused refused) {
        throw new UserError(
            refused.reason().kind(), refused.reason().getMessage(), refused.reason());
      }
    }
    for (Trial trial : trials) {
      String folder = output + "/" + trial.name();
      BundleManifest manifest = BundleLoader.manifest(ArtefactFolder.local(folder));
      done.put(trial.name(), new Trained(folder, manifest, !missing.contains(trial)));
    }
  }

  private List<Outcome> outcomes(List<Trial> trials) {
    tracked.expect(trials);
    try {
      Map<Trial, Integer> members = new LinkedHashMap<>();
      Places places = Places.of(context());
      trials.forEach(trial -> members.put(trial, places.members(trial, dataset, progress)));
      List<Outcome> outcomes =
          new ArrayList<>(
              ofWhole(
                  trials.stream()
                      .filter(trial -> !trial.isInRounds() && members.get(trial) == 1)
                      .toList()));
      PeriodicAveraging averaging =
          new PeriodicAveraging(context(), dataset, output, existing, progress, tracked::figures);
      Spreading spreading =
          new Spreading(context(), dataset, output, existing, progress, tracked::figures);
      for (Trial trial : trials) {
        if (trial.isInRounds()) {
          outcomes.add(averaging.train(trial));
        } else if (members.get(trial) > 1) {
          outcomes.add(spreading.train(trial, members.get(trial)));
        }
      }
      tracked.ended(outcomes);
      return outcomes;
    } catch (RuntimeException e) {
      tracked.broke(trials);
      throw e;
    }
  }

  /** Trials that one executor trains whole: side by side. */
  private List<Outcome> ofWhole(List<Trial> trials) {
    if (trials.isEmpty()) {
      return List.of();
    }
    try (Lines lines = new Lines(context(), progress, tracked::figures)) {
      JavaRDD<Outcome> outcomes =
          context()
              .parallelize(trials, trials.size())
              .map(new TrialTask(dataset, output, existing, lines.said(), lines.figures()));
      return GpuTasks.profile(
              context(), trials.stream().map(trial -> trial.settings().device()).toList(), progress)
          .map(outcomes::withResources)
          .orElse(outcomes)
          .collect();
    }
  }

  private JavaSparkContext context() {
    return JavaSparkContext.fromSparkContext(spark.sparkContext());
  }

  /**
   * Whether a finished bundle of this very trial is in its place.
   *
   * @throws UserError (conflict) when another one is, and replacing was not asked for
   */
  private boolean isThere(Trial trial) {
    String folder = output + "/" + trial.name();
    if (ArtefactFolder.manifest(folder).isEmpty()) {
      return false;
    }
    if (trial.isAt(output)) {
      return true;
    }
    if (existing == ArtefactWriter.Existing.REPLACE) {
      return false;
    }
    throw UserError.conflict(
        "Cannot train "
            + trial.name()
            + ": "
            + folder
            + " holds a bundle of another config, dataset, seed or build. Choose another output, or replace it with --replace.");
  }
}
