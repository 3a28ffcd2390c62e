package dev.hindcast.evaluation.plan;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.core.artefact.Fingerprint;
import dev.hindcast.core.artefact.Provenance;
import dev.hindcast.core.config.DidYouMean;
import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.DatasetManifest;
import dev.hindcast.core.data.Decisions;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.core.data.Split;
import dev.hindcast.core.policy.BundleLoader;
import dev.hindcast.core.policy.BundleManifest;
import dev.hindcast.core.policy.Policy;
import dev.hindcast.core.policy.PolicySpec;
import dev.hindcast.core.policy.QFunction;
import dev.hindcast.core.policy.TargetPolicy;
import dev.hindcast.core.policy.VisitRatios;
import dev.hindcast.core.report.EvaluationReport.LearningCurve;
import dev.hindcast.core.report.EvaluationReport.Maker;
import dev.hindcast.core.report.EvaluationReport.Remark;
import dev.hindcast.core.report.EvaluationReport.Source;
import dev.hindcast.dataset.ArtefactFolder;
import dev.hindcast.dataset.Dataset;
import dev.hindcast.dataset.TargetPolicies;
import dev.hindcast.evaluation.diagnostic.Calibrating;
import dev.hindcast.evaluation.estimator.Estimators;
import dev.hindcast.evaluation.fold.BandwidthSums;
import dev.hindcast.evaluation.fold.BandwidthTask;
import dev.hindcast.evaluation.fold.SpreadTask;
import dev.hindcast.evaluation.fold.Task;
import dev.hindcast.evaluation.fold.Totals;
import dev.hindcast.evaluation.scoring.ActionGroups;
import dev.hindcast.evaluation.scoring.Behavior;
import dev.hindcast.evaluation.scoring.Candidate;
import dev.hindcast.evaluation.scoring.Kernel;
import dev.hindcast.evaluation.states.StateCounts;
import dev.hindcast.evaluation.survey.SegmentColumn;
import dev.hindcast.evaluation.survey.Survey;
import dev.hindcast.evaluation.verdict.Constraint;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Config, dataset and bundles, fitted together: who is judged, with which Q-functions, by which
 * estimators. What does not fit is refused here, before any episode is read.
 *
 * @param config the settings
 * @param manifest the dataset's manifest
 * @param dataset the dataset's fingerprint
 * @param horizon steps of the longest episode of the evaluated part
 * @param targets the policies to judge, in the order of reports
 * @param behavior who made the log, and how actions are put together
 * @param makers the same for reports
 * @param pastLogs the logs that some of the policies have made themselves
 * @param learningCurves how the bundles' training went
 * @param warnings what holds for the whole report
 * @param inputs everything that was read, for provenance
 */
public record EvaluationPlan(
    EvaluateConfig config,
    DatasetManifest manifest,
    Fingerprint dataset,
    int horizon,
    List<Target> targets,
    Behavior behavior,
    List<Maker> makers,
    List<PastLog> pastLogs,
    List<LearningCurve> learningCurves,
    List<Remark> warnings,
    List<Provenance.Input> inputs) {
  private static final String DATASET = "dataset";
  private static final String NO_DENSITY =
      "the policy acts for certain, and in a box a certain action has no density to weigh"
          + " (evaluate.smoothing: auto puts a kernel around it)";

  /** Copies the lists. */
  public EvaluationPlan {
    targets = List.copyOf(targets);
    makers = List.copyOf(makers);
    pastLogs = List.copyOf(pastLogs);
    learningCurves = List.copyOf(learningCurves);
    warnings = List.copyOf(warnings);
    inputs = List.copyOf(inputs);
  }

  /**
   * Fits everything together.
   *
   * @param bundleFolders paths or URIs of policy and Q-function bundles
   * @throws UserError when something is missing or does not fit
   */
  public static EvaluationPlan of(
      EvaluateConfig config,
      DatasetManifest manifest,
      List<String> bundleFolders,
      BundleLoader loader) {
    return new Builder(config, manifest, loader).build(bundleFolders);
  }

  /**
   * The log that a policy has made itself.
   *
   * @param policy the policy's name
   * @param dataset the log, with the rewards that are evaluated
   */
  public record PastLog(String policy, Dataset dataset) {}

  /** Whether the log is to choose how far kernels around certain actions reach. */
  public boolean choosesBandwidths() {
    return config.smoothing().isOn()
        && config.smoothing().bandwidth().isEmpty()
        && !certain().isEmpty();
  }

  /**
   * What bandwidths are chosen by: per-decision importance sampling of each.
   *
   * @param gathersAtEdges whether the log's actions were cut to the box
   */
  public BandwidthTask bandwidthTask(boolean gathersAtEdges) {
    return new BandwidthTask(
        certain().stream().map(Target::candidate).toList(),
        Estimators.named("per-decision-importance-sampling")
            .orElseThrow()
            .constructor()
            .create(setting()),
        gathersAtEdges);
  }

  /**
   * The plan with kernels around certain actions, if it is to have any.
   *
   * @param chosen by the log, if {@link #choosesBandwidths}
   * @param gathersAtEdges whether the log's actions were cut to the box
   */
  public EvaluationPlan smoothed(Optional<BandwidthSums> chosen, boolean gathersAtEdges) {
    if (!config.smoothing().isOn()) {
      return this;
    }
    List<Target> certain = certain();
    Optional<List<Kernel>> kernels = chosen.map(BandwidthSums::kernels);
    List<Target> smoothed =
        targets.stream()
            .map(
                target ->
                    certain.contains(target)
                        ? target.smoothed(
                            kernels
                                .map(all -> all.get(certain.indexOf(target)))
                                .orElseGet(
                                    () ->
                                        new Kernel(
                                            config.smoothing().bandwidth().orElseThrow(),
                                            gathersAtEdges)))
                        : target)
            .toList();
    return new EvaluationPlan(
        config,
        manifest,
        dataset,
        horizon,
        smoothed,
        behavior,
        makers,
        pastLogs,
        learningCurves,
        warnings,
        inputs);
  }

  /** The policies that act for certain in a box whose log has densities. */
  private List<Target> certain() {
    return targets.stream()
        .filter(target -> !target.candidate().isWeighable() && manifest.hasPropensity())
        .toList();
  }

  /** Whether it is known how likely the log's actions were. */
  public boolean hasPropensity() {
    return behavior.isKnown() || manifest.hasPropensity();
  }

  /** Where propensities are from, as reports say it. */
  public String propensities() {
    if (behavior.isKnown()) {
      return "policies";
    }
    if (!manifest.hasPropensity()) {
      return "none";
    }
    return manifest.propensityEstimated() ? "estimated" : "exact";
  }

  /** Who made the log, with the shares of those who made a part of it each. */
  private Behavior behavior(Survey survey) {
    Optional<String> by = config.behavior().flatMap(BehaviorConfig::by);
    if (by.isEmpty() || !manifest.isHorizonOne()) {
      return behavior;
    }
    double episodes = episodes(survey, by.get());
    return behavior.mixed(
        config.behavior().get().values().stream()
            .map(value -> survey.episodesBy(by.get()).getOrDefault(value, 0L) / episodes)
            .toList());
  }

  /** Whether estimators want the states of the log counted first. */
  public boolean countsStates() {
    return targets.stream()
        .flatMap(target -> target.lines().stream())
        .anyMatch(
            line ->
                line.estimator().isPresent()
                    && line.entry().needs().contains(Estimators.Need.STATES));
  }

  /** The first look at the log, with nothing seen yet. */
  public Survey survey() {
    List<String> counted = new ArrayList<>(config.plannedShares().keySet());
    config.behavior().flatMap(BehaviorConfig::by).ifPresent(counted::add);
    return new Survey(
        config.pipeline().discount(),
        SegmentColumn.find(config.segments(), manifest),
        SegmentColumn.find(counted, manifest));
  }

  /** Counts of states, with nothing counted yet. */
  public StateCounts stateCounts() {
    return new StateCounts(
        manifest.observationSpace(),
        (ActionSpace.Discrete) manifest.actionSpace(),
        config.pipeline().discount());
  }

  /**
   * What is to be computed: first of the log itself, which is the target {@code logged}, then of
   * each other target in its order; {@link #candidates} says which is which.
   *
   * @param states the counts of the evaluated episodes, if {@link #countsStates}
   * @param survey the first look at the log
   */
  public Task task(Optional<StateCounts> states, Survey survey) {
    List<Task.Item> items = new ArrayList<>();
    items.add(log());
    for (Target target : targets) {
      if (target.candidate().isLogged()) {
        items.set(0, item(target, target.candidate()));
        continue;
      }
      Candidate candidate = states.map(target.candidate()::among).orElse(target.candidate());
      items.add(item(target, candidate));
    }
    requireMakers(survey);
    return new Task(
        items,
        horizon,
        config.replicates(),
        config.seed(),
        survey.returns(),
        config.returns().tail(),
        survey.segments(),
        behavior(survey));
  }

  private Task.Item log() {
    Estimators.Entry onPolicy = Estimators.named(Estimators.ON_POLICY).orElseThrow();
    return new Task.Item(Candidate.logged(), List.of(onPolicy.constructor().create(setting())));
  }

  private Task.Item item(Target target, Candidate candidate) {
    return new Task.Item(
        candidate,
        target.estimators(),
        target
            .byComponent()
            .flatMap(Target.Line::estimator)
            .map(estimator -> Collections.nCopies(components().size(), estimator))
            .orElse(List.of()));
  }

  private static double episodes(Survey survey, String label) {
    return survey.episodesBy(label).values().stream().mapToLong(Long::longValue).sum();
  }

  private void requireMakers(Survey survey) {
    Optional<String> by = config.behavior().flatMap(BehaviorConfig::by);
    if (by.isEmpty()) {
      return;
    }
    Map<String, Long> unknown = new TreeMap<>(survey.episodesBy(by.get()));
    unknown.keySet().removeAll(config.behavior().get().values());
    if (!unknown.isEmpty()) {
      throw UserError.data(
          "Cannot say who made every episode: evaluate.behavior.policies names no policy for "
              + by.get()
              + " = "
              + unknown.entrySet().stream()
                  .limit(5)
                  .map(entry -> "'" + entry.getKey() + "' (" + entry.getValue() + " episodes)")
                  .collect(Collectors.joining(", "))
              + (unknown.size() > 5 ? " and " + (unknown.size() - 5) + " more values" : "")
              + ". Name one for each, or ingest the log without these episodes.");
    }
  }

  private Estimators.Setting setting() {
    return setting(config, manifest, behavior);
  }

  private static Estimators.Setting setting(
      EvaluateConfig config, DatasetManifest manifest, Behavior behavior) {
    int horizon = 0;
    long episodes = 0;
    for (Split.Part part : config.part().parts()) {
      horizon = Math.max(horizon, manifest.part(part).maxEpisodeLength());
      episodes += manifest.part(part).episodes();
    }
    return new Estimators.Setting(
        horizon, config.pipeline().discount(), episodes, behavior.groups().groupings());
  }

  /** What the reward is made of, in the dataset's order; empty when it is whole. */
  public List<String> components() {
    return manifest.rewardComponents().stream().map(DatasetManifest.RewardComponent::name).toList();
  }

  /** The weights of the reward's components in use, by name; empty when the reward is whole. */
  public Map<String, Double> rewardWeights() {
    return manifest.rewardWeights(config.pipeline().rewardWeights());
  }

  /**
   * What the second pass computes, given the sums of the first.
   *
   * @throws UserError (data) when somebody else made the log than was said
   */
  public SpreadTask spreadTask(Task task, Totals totals) {
    requirePossible(totals.log().calibrating());
    List<Integer> primaries = new ArrayList<>();
    primaries.add(0);
    for (Target target : targets) {
      if (!target.candidate().isLogged()) {
        primaries.add(
            target
                .primary()
                .flatMap(Target.Line::estimator)
                .map(target.estimators()::indexOf)
                .orElse(-1));
      }
    }
    return SpreadTask.of(task, totals, primaries, incumbentCandidate());
  }

  private void requirePossible(Calibrating found) {
    if (found.impossible() > 0) {
      throw UserError.data(
          String.format(
              Locale.ROOT,
              "Cannot evaluate on dataset %s with evaluate.behavior %s: in %,d of %,d steps the logged action is one that would never have been taken, such as %s. So something else acted there. Name what did, or leave the key out where the log has propensities.",
              manifest.name(),
              makers.stream().map(Maker::policy).collect(Collectors.joining(", ")),
              found.impossible(),
              found.rows(),
              found.example()));
    }
  }

  /** Which candidate of the {@link #task} the others are compared with. */
  public int incumbentCandidate() {
    return candidates().get(targets.indexOf(incumbent()));
  }

  /** The policy that the others are compared with. */
  public Target incumbent() {
    return targets.stream()
        .filter(target -> target.name().equals(config.incumbent()))
        .findFirst()
        .orElseThrow();
  }

  /** (targets) Which candidate of the {@link #task} each target is. */
  public List<Integer> candidates() {
    List<Integer> candidates = new ArrayList<>();
    int next = 1;
    for (Target target : targets) {
      candidates.add(target.candidate().isLogged() ? 0 : next++);
    }
    return candidates;
  }

  /** Builds a plan step by step. */
  private static final class Builder {
    private final EvaluateConfig config;
    private final DatasetManifest manifest;
    private final Fingerprint dataset;
    private final BundleLoader loader;
    private final Behavior behavior;
    private final List<Maker> makers = new ArrayList<>();
    private final Estimators.Setting setting;
    private final boolean horizonOne;
    private final Map<String, TargetPolicy> policies = new LinkedHashMap<>();
    private final List<Loaded<QFunction>> qFunctions = new ArrayList<>();
    private final List<Loaded<VisitRatios>> visitRatios = new ArrayList<>();
    private final List<PastLog> pastLogs = new ArrayList<>();
    private final List<LearningCurve> curves = new ArrayList<>();
    private final List<Remark> warnings = new ArrayList<>();
    private final List<Provenance.Input> inputs = new ArrayList<>();

    private record Loaded<F>(BundleManifest manifest, F function) {
      boolean speaksOf(TargetPolicy policy) {
        return manifest.evaluates().isEmpty()
            || manifest.evaluates().get().fingerprint().equals(policy.fingerprint());
      }

      Source source() {
        return new Source(manifest.name(), manifest.fingerprint());
      }
    }

    Builder(EvaluateConfig config, DatasetManifest manifest, BundleLoader loader) {
      this.config = config;
      this.manifest = manifest;
      this.loader = loader;
      dataset = manifest.fingerprint();
      horizonOne = manifest.isHorizonOne();
      behavior = behavior();
      setting = setting(config, manifest, behavior);
    }

    EvaluationPlan build(List<String> bundleFolders) {
      requireEpisodes();
      requireComponents();
      config.plannedShares().keySet().forEach(this::requireLabel);
      SegmentColumn.find(config.segments(), manifest); // refused before anything is read
      inputs.add(new Provenance.Input(DATASET, manifest.name(), dataset));
      config.policies().forEach(this::addPolicy);
      bundleFolders.forEach(this::addBundle);
      addIncumbent();
      List<Target> targets = policies.values().stream().map(this::target).toList();
      addWarnings(targets);
      config.backTest().forEach(this::addPastLog);
      return new EvaluationPlan(
          config,
          manifest,
          dataset,
          setting.horizon(),
          targets,
          behavior,
          makers,
          pastLogs,
          curves,
          warnings,
          inputs);
    }

    private Behavior behavior() {
      if (config.behavior().isEmpty()) {
        return Behavior.LOGGED;
      }
      BehaviorConfig said = config.behavior().get();
      if (!(manifest.actionSpace() instanceof ActionSpace.Discrete discrete)) {
        throw UserError.usage(
            "Cannot use evaluate.behavior on dataset "
                + manifest.name()
                + ": it is for discrete actions, and the dataset has "
                + manifest.actionSpace().inWords()
                + ". Log densities with the actions and name them in ingest.propensity.");
      }
      List<Policy> acting = new ArrayList<>();
      for (int k = 0; k < said.policies().size(); k++) {
        TargetPolicy policy = TargetPolicies.resolve(said.policies().get(k), manifest, loader);
        acting.add(policy.policy().orElseThrow());
        inputs.add(new Provenance.Input("behavior", policy.name(), policy.fingerprint()));
        Optional<String> value =
            said.by().isEmpty() ? Optional.empty() : Optional.of(said.values().get(k));
        makers.add(new Maker(policy.name(), policy.fingerprint(), value));
      }
      Behavior known =
          said.by().isEmpty()
              ? Behavior.of(acting.get(0))
              : Behavior.of(label(said.by().get()), said.values(), acting);
      return config
          .actionGroups()
          .map(table -> known.grouping(groups(table, discrete)))
          .orElse(known);
    }

    private void requireLabel(String label) {
      if (!manifest.labels().contains(label)) {
        throw UserError.usage(
            "Cannot compare the shares of "
                + label
                + " with evaluate.planned-shares: dataset "
                + manifest.name()
                + " has no such label."
                + DidYouMean.hint(label, manifest.labels())
                + " Columns of the log become labels if ingest.labels names them.");
      }
    }

    private int label(String by) {
      int label = manifest.labels().indexOf(by);
      if (label < 0) {
        throw UserError.usage(
            "Cannot tell by "
                + by
                + " who made an episode (evaluate.behavior.by): dataset "
                + manifest.name()
                + " has no such label."
                + DidYouMean.hint(by, manifest.labels())
                + " Columns of the log become labels if ingest.labels names them.");
      }
      if (horizonOne && config.segments().contains(by)) {
        throw UserError.usage(
            "Cannot evaluate by segments of "
                + by
                + ": it says who made an episode (evaluate.behavior.by), and balanced weights are about all of them together. Leave it out of evaluate.segments, or leave evaluate.behavior out.");
      }
      return label;
    }

    private ActionGroups groups(ActionTable table, ActionSpace.Discrete discrete) {
      if (!horizonOne) {
        throw UserError.usage(
            "Cannot put actions together on dataset "
                + manifest.name()
                + ": evaluate.action-groups is for logs whose episodes have one step, and here some have more.");
      }
      inputs.add(
          new Provenance.Input(
              "action-groups", String.join(", ", table.by()), table.fingerprint()));
      return table.read(discrete.size());
    }

    private void requireEpisodes() {
      if (setting.horizon() == 0) {
        throw UserError.data(
            "Cannot evaluate on the "
                + config.part().key().replace('_', '-')
                + " part of dataset "
                + manifest.name()
                + ": it holds no episodes. Ingest with a larger ingest.split.held-out, or name"
                + " another part with evaluate.split.");
      }
    }

    private void requireComponents() {
      List<String> known =
          manifest.rewardComponents().stream().map(DatasetManifest.RewardComponent::name).toList();
      for (Constraint constraint : config.promoteIf().constraints()) {
        if (!known.contains(constraint.component())) {
          throw UserError.usage(
              "Cannot hold policies to evaluate.promote-if.constraints."
                  + constraint.component()
                  + " on dataset "
                  + manifest.name()
                  + ": "
                  + (known.isEmpty()
                      ? "its reward is one column, without components. Ingest the log with"
                          + " ingest.reward.components; one that is not to be earned gets 0 in"
                          + " reward-weights."
                      : "its reward has no such component."
                          + DidYouMean.hint(constraint.component(), known)));
        }
      }
    }

    private void addPolicy(PolicySpec spec) {
      if (spec instanceof PolicySpec.BundleFolder folder) {
        addPolicyBundle(folder, ArtefactFolder.local(folder.path()));
      } else {
        add(TargetPolicies.resolve(spec, manifest, loader));
      }
    }

    private void addBundle(String uri) {
      Path folder = ArtefactFolder.local(uri);
      BundleManifest bundle = BundleLoader.manifest(folder);
      if (bundle.kind().equals(BundleManifest.Q_FUNCTION)) {
        addQFunction(folder);
      } else if (bundle.kind().equals(BundleManifest.VISIT_RATIOS)) {
        addVisitRatios(folder);
      } else {
        addPolicyBundle(new PolicySpec.BundleFolder(bundle.name(), uri), folder);
      }
    }

    private void addPolicyBundle(PolicySpec.BundleFolder spec, Path folder) {
      BundleManifest bundle = BundleLoader.manifest(folder);
      if (!bundle.kind().equals(BundleManifest.POLICY)) {
        throw UserError.usage(
            "Cannot evaluate bundle "
                + spec.name()
                + " as a policy: it holds a "
                + bundle.kind()
                + ". Hand it over with --bundle instead.");
      }
      requireSameDataset(bundle);
      if (add(TargetPolicies.resolve(spec, manifest, loader))) {
        LearningCurves.read(folder, bundle).ifPresent(curves::add);
      }
    }

    private void addQFunction(Path folder) {
      var bundle = loader.load(folder);
      BundleManifest found = bundle.manifest();
      requireSameDataset(found);
      requireSameSpacesAndDiscount("Q-function", found);
      requireSameRewards(found);
      if (qFunctions.stream()
          .noneMatch(q -> q.manifest().fingerprint().equals(found.fingerprint()))) {
        qFunctions.add(new Loaded<>(found, bundle.qFunction().orElseThrow()));
        inputs.add(new Provenance.Input(found.kind(), found.name(), found.fingerprint()));
        LearningCurves.read(folder, found).ifPresent(curves::add);
      }
    }

    /** Ratios are those to the visits of one log: no permission makes them those of another. */
    private void addVisitRatios(Path folder) {
      var bundle = loader.load(folder);
      BundleManifest found = bundle.manifest();
      if (found.dataset().filter(dataset::equals).isEmpty()) {
        throw UserError.usage(
            "Cannot use bundle of visit ratios "
                + found.name()
                + " on dataset "
                + manifest.name()
                + " ("
                + dataset.brief()
                + "): its ratios are those to the visits of another log. Train dice on this dataset, or"
                + " leave it out.");
      }
      requireSameSpacesAndDiscount("bundle of visit ratios", found);
      if (visitRatios.stream()
          .noneMatch(there -> there.manifest().fingerprint().equals(found.fingerprint()))) {
        visitRatios.add(new Loaded<>(found, bundle.visitRatios().orElseThrow()));
        inputs.add(new Provenance.Input(found.kind(), found.name(), found.fingerprint()));
        LearningCurves.read(folder, found).ifPresent(curves::add);
      }
    }

    private void requireSameSpacesAndDiscount(String what, BundleManifest found) {
      if (!found.actionSpace().equals(manifest.actionSpace())
          || !found.observationSpace().equals(manifest.observationSpace())) {
        throw UserError.usage(
            "Cannot use "
                + what
                + " "
                + found.name()
                + ": it was made for other observations or actions than those of dataset "
                + manifest.name()
                + ". Train it on this dataset.");
      }
      double discount = config.pipeline().discount();
      if (!horizonOne && Math.abs(found.discount() - discount) > 1e-12) {
        throw UserError.usage(
            "Cannot use "
                + what
                + " "
                + found.name()
                + ": it was trained with discount "
                + found.discount()
                + ", and returns are evaluated with "
                + discount
                + ". Train it with the same discount, or leave it out.");
      }
    }

    /** A Q-function speaks of the returns it was trained on: those of other weights are others. */
    private void requireSameRewards(BundleManifest bundle) {
      JsonNode trainedOn = bundle.provenance().config().path("reward_weights");
      Map<String, Double> weights = manifest.rewardWeights(config.pipeline().rewardWeights());
      JsonNode here = CanonicalJson.tree((Object) weights);
      if (!weights.isEmpty() && trainedOn.isObject() && !trainedOn.equals(here)) {
        throw UserError.usage(
            "Cannot use Q-function "
                + bundle.name()
                + ": it was trained with the reward weights "
                + trainedOn
                + ", and returns are evaluated with "
                + here
                + ". Train it with the same reward-weights, or leave it out.");
      }
    }

    private void requireSameDataset(BundleManifest bundle) {
      Optional<Fingerprint> trainedOn = bundle.dataset();
      if (trainedOn.filter(dataset::equals).isPresent()) {
        return;
      }
      String found =
          trainedOn
              .map(print -> "it was trained on another dataset (" + print.brief() + ")")
              .orElse("it does not say which dataset it was trained on");
      if (!config.allowOtherDataset()) {
        throw UserError.usage(
            "Cannot evaluate bundle "
                + bundle.name()
                + " on dataset "
                + manifest.name()
                + " ("
                + dataset.brief()
                + "): "
                + found
                + ", so it may have learned from the very episodes that are held out here. If it"
                + " has not, set evaluate.allow-other-dataset: true.");
      }
      warnings.add(
          new Remark(
              "other-dataset",
              "Bundle " + bundle.name() + ": " + found + "; that was allowed by name."));
    }

    private boolean add(TargetPolicy policy) {
      TargetPolicy there = policies.get(policy.name());
      if (there != null) {
        if (there.fingerprint().equals(policy.fingerprint())) {
          return false;
        }
        throw UserError.usage(
            "Cannot evaluate two policies called "
                + policy.name()
                + ": give one of them another name.");
      }
      policies.put(policy.name(), policy);
      if (policy.kind().equals("table") || policy.kind().equals("bundle")) {
        inputs.add(new Provenance.Input("policy", policy.name(), policy.fingerprint()));
      }
      return true;
    }

    private void addPastLog(String policy, String place) {
      String cannot = "Cannot try estimators on policy " + policy + " (evaluate.back-test): ";
      if (!policies.containsKey(policy) || policy.equals(TargetPolicy.LOGGED.name())) {
        throw UserError.usage(
            cannot
                + (policies.containsKey(policy)
                    ? "the evaluated log is its own."
                    : "no policy to evaluate is called so."
                        + DidYouMean.hint(policy, policies.keySet())));
      }
      Dataset log = Dataset.open(place).withRewardWeights(config.pipeline().rewardWeights());
      if (log.fingerprint().equals(dataset)) {
        throw UserError.usage(
            cannot
                + "dataset "
                + log.manifest().name()
                + " at "
                + place
                + " is the one that is evaluated. Name the log that the policy has made itself, as"
                + " a dataset of its own.");
      }
      if (!log.manifest().actionSpace().equals(manifest.actionSpace())) {
        throw UserError.usage(
            cannot
                + "its own log "
                + log.manifest().name()
                + " has "
                + log.manifest().actionSpace().inWords()
                + ", and the one that is evaluated has "
                + manifest.actionSpace().inWords()
                + ". Their returns cannot be compared.");
      }
      inputs.add(new Provenance.Input("back-test", log.manifest().name(), log.fingerprint()));
      pastLogs.add(new PastLog(policy, log));
    }

    private void addIncumbent() {
      String incumbent = config.incumbent();
      if (policies.containsKey(incumbent)) {
        return;
      }
      if (incumbent.equals(TargetPolicy.LOGGED.name())) {
        Map<String, TargetPolicy> others = new LinkedHashMap<>(policies);
        policies.clear();
        policies.put(incumbent, TargetPolicy.LOGGED);
        policies.putAll(others);
        return;
      }
      throw UserError.usage(
          "Cannot compare with incumbent "
              + incumbent
              + ": no policy to evaluate is called so."
              + DidYouMean.hint(incumbent, policies.keySet()));
    }

    private Target target(TargetPolicy policy) {
      if (policy.policy().isEmpty()) {
        Estimators.Entry entry = Estimators.named(Estimators.ON_POLICY).orElseThrow();
        return new Target(
            policy,
            Candidate.logged(),
            List.of(),
            List.of(),
            List.of(line(entry, true)),
            byComponent(line(entry, false)),
            List.of());
      }
      List<Loaded<QFunction>> speaking =
          qFunctions.stream().filter(q -> q.speaksOf(policy)).toList();
      boolean weighable = isWeighable(policy.policy().get());
      List<QFunction> functions = speaking.stream().map(Loaded::function).toList();
      List<Loaded<VisitRatios>> ratios =
          visitRatios.stream().filter(there -> there.speaksOf(policy)).toList();
      Candidate candidate =
          weighable
              ? Candidate.of(policy.policy().get(), functions)
              : Candidate.withoutDensity(policy.policy().get(), functions);
      List<Remark> remarks = new ArrayList<>();
      if (speaking.isEmpty()) {
        remarks.add(
            new Remark(
                "no-q-function",
                "No Q-function of this policy was given, so the direct method and doubly robust"
                    + " estimates are not there."));
      }
      Has has =
          new Has(!speaking.isEmpty(), weighable || config.smoothing().isOn(), !ratios.isEmpty());
      List<Target.Line> lines = lines(has);
      return new Target(
          policy,
          candidate.visiting(ratios.stream().map(Loaded::function).toList()),
          speaking.stream().map(Loaded::source).toList(),
          ratios.stream().map(Loaded::source).toList(),
          lines,
          byComponent(componentLine(lines, has)),
          remarks);
    }

    /** Whether its actions have a probability or a density; asked about an observation of zeros. */
    private boolean isWeighable(Policy policy) {
      if (!(manifest.actionSpace() instanceof ActionSpace.Box)) {
        return true;
      }
      ObservationSpace space = manifest.observationSpace();
      Decisions zeros =
          new Decisions(
              1,
              new float[space.numeric().size()],
              new int[space.categorical().size()],
              new boolean[0],
              new String[] {""},
              new int[1]);
      return policy.continuous(zeros).hasDensity();
    }

    /**
     * What there is for a policy.
     *
     * @param values a Q-function
     * @param weights probabilities or densities of what it does
     * @param visitRatios ratios of its visits
     */
    private record Has(boolean values, boolean weights, boolean visitRatios) {}

    private List<Target.Line> lines(Has has) {
      List<Estimators.Entry> wanted = new ArrayList<>();
      boolean byName = !config.estimators().isEmpty();
      for (Estimators.Entry entry : Estimators.all()) {
        boolean chosen =
            config.primary().filter(entry.name()::equals).isPresent()
                || (byName
                    ? config.estimators().contains(entry.name())
                    : entry.isOfferedOn(horizonOne)
                        && missing(entry, has)
                            .filter(reason -> !reason.equals(NO_DENSITY))
                            .isEmpty());
        if (chosen && entry.scope() != Estimators.Scope.LOGGED_POLICY) {
          wanted.add(entry);
        }
      }
      String primary = config.primary().or(() -> preferred(wanted, has)).orElse("");
      return wanted.stream()
          .map(
              entry -> {
                boolean isPrimary = entry.name().equals(primary);
                return missing(entry, has)
                    .map(
                        reason ->
                            new Target.Line(
                                entry, Optional.empty(), Optional.of(reason), isPrimary))
                    .orElseGet(() -> line(entry, isPrimary));
              })
          .toList();
    }

    private Optional<Target.Line> byComponent(Target.Line line) {
      return Optional.of(line).filter(there -> !manifest.rewardComponents().isEmpty());
    }

    /**
     * Components are weighed as the whole is; where that takes a Q-function or a model of states,
     * which know nothing of components, by the best that takes weights alone.
     */
    private Target.Line componentLine(List<Target.Line> lines, Has has) {
      Estimators.Entry entry =
          lines.stream()
              .filter(Target.Line::primary)
              .map(Target.Line::entry)
              .filter(Estimators.Entry::takesWeightsAlone)
              .findFirst()
              .orElseGet(
                  () ->
                      Estimators.preference().stream()
                          .flatMap(name -> Estimators.named(name).stream())
                          .filter(Estimators.Entry::takesWeightsAlone)
                          .filter(preferred -> preferred.suits(horizonOne))
                          .findFirst()
                          .orElseThrow());
      return missing(entry, has)
          .map(reason -> new Target.Line(entry, Optional.empty(), Optional.of(reason), false))
          .orElseGet(() -> line(entry, false));
    }

    private Optional<String> preferred(List<Estimators.Entry> wanted, Has has) {
      List<String> possible =
          wanted.stream()
              .filter(entry -> missing(entry, has).isEmpty())
              .map(Estimators.Entry::name)
              .toList();
      return Estimators.preference().stream()
          .filter(possible::contains)
          .findFirst()
          .or(() -> possible.stream().findFirst());
    }

    private Optional<String> missing(Estimators.Entry entry, Has has) {
      if (entry.needs().contains(Estimators.Need.STATES)
          && !StateCounts.canCount(manifest.observationSpace(), manifest.actionSpace())) {
        return Optional.of(
            "it needs discrete actions and observations without numbers, of at most "
                + StateCounts.MOST_STATES
                + " combinations of categories");
      }
      if (entry.needs().contains(Estimators.Need.PROPENSITIES) && !hasPropensity()) {
        return Optional.of("the log has no propensities");
      }
      if (entry.needs().contains(Estimators.Need.PROPENSITIES) && !has.weights()) {
        return Optional.of(NO_DENSITY);
      }
      if (entry.weighsGroups() && setting.groupings().isEmpty()) {
        return Optional.of("no actions are put together (evaluate.action-groups)");
      }
      if (entry.needs().contains(Estimators.Need.Q_FUNCTION) && !has.values()) {
        return Optional.of("no Q-function of this policy was given");
      }
      if (entry.needs().contains(Estimators.Need.VISIT_RATIOS) && !has.visitRatios()) {
        return Optional.of("no ratios of this policy's visits were given: train dice of it");
      }
      if (entry.scope() == Estimators.Scope.ONE_STEP && !horizonOne) {
        return Optional.of("it is for logs whose episodes have one step");
      }
      return Optional.empty();
    }

    private boolean hasPropensity() {
      return behavior.isKnown() || manifest.hasPropensity();
    }

    private Target.Line line(Estimators.Entry entry, boolean primary) {
      return new Target.Line(
          entry, Optional.of(entry.constructor().create(setting)), Optional.empty(), primary);
    }

    private void addWarnings(List<Target> targets) {
      for (Loaded<QFunction> q : qFunctions) {
        if (targets.stream().noneMatch(target -> target.qFunctions().contains(q.source()))) {
          warnings.add(
              new Remark(
                  "unused-q-function",
                  "Q-function "
                      + q.manifest().name()
                      + " speaks of "
                      + q.manifest().evaluates().map(BundleManifest.Evaluates::name).orElse("none")
                      + ", which is not among the policies here, or not in the same version; it was"
                      + " not used."));
        }
      }
      for (Loaded<VisitRatios> ratios : visitRatios) {
        if (policies.values().stream().noneMatch(ratios::speaksOf)) {
          warnings.add(
              new Remark(
                  "unused-visit-ratios",
                  "Ratios of visits "
                      + ratios.manifest().name()
                      + " are about "
                      + ratios
                          .manifest()
                          .evaluates()
                          .map(BundleManifest.Evaluates::name)
                          .orElse("none")
                      + ", which is not among the policies here, or not in the same version; they"
                      + " were not used."));
        }
      }
      for (String name : config.knownValues().keySet()) {
        if (!policies.containsKey(name)) {
          warnings.add(
              new Remark(
                  "unused-known-value",
                  "A known value was given for " + name + ", which is not evaluated here."));
        }
      }
      if (!behavior.isKnown() && manifest.hasPropensity() && manifest.propensityEstimated()) {
        warnings.add(
            new Remark(
                "estimated-propensities",
                "Propensities are estimates, not what the logger drew from: every weighted figure"
                    + " is only as right as they are."));
      }
      if (!hasPropensity()) {
        warnings.add(
            new Remark(
                "no-propensities",
                "The log has no propensities, so nothing can be weighted: only estimates by"
                    + " Q-functions are there."));
      }
      if (config.part() != EvaluatedPart.HELD_OUT) {
        warnings.add(
            new Remark(
                "evaluated-on-training-data",
                "Episodes that learners have seen are evaluated, as asked for by name; no learned"
                    + " policy is promoted on them."));
      }
    }
  }
}
