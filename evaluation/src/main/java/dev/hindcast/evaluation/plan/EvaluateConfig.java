package dev.hindcast.evaluation.plan;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.core.config.ConfigNode;
import dev.hindcast.core.config.DidYouMean;
import dev.hindcast.core.config.Require;
import dev.hindcast.core.policy.Pipeline;
import dev.hindcast.core.policy.PolicySpec;
import dev.hindcast.evaluation.estimator.Estimators;
import dev.hindcast.evaluation.verdict.PromoteIf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The config section {@code evaluate}, with what the whole pipeline shares.
 *
 * @param pipeline name, discount and named policies
 * @param part {@code split}: which episodes are evaluated
 * @param policies whom to judge, resolved to their definitions; bundles handed over on the command
 *     line come on top
 * @param incumbent the name of the policy to compare with
 * @param estimators the names of the estimators asked for; empty: all that apply
 * @param primary the key "estimator": what the verdict rests on; empty: the best that applies
 * @param level the coverage that intervals aim at, in (0, 1)
 * @param replicates bootstrap replicates, at least 100
 * @param seed of the bootstrap
 * @param promoteIf what a policy must show
 * @param knownValues exact values by policy name, to be shown beside the estimates
 * @param backTest datasets that policies to judge have logged themselves, paths or URIs by policy
 *     name
 * @param smoothing whether policies that act for certain in a box are weighed with a kernel around
 *     their actions
 * @param allowOtherDataset whether bundles trained on another dataset are admitted
 * @param returns what is told of returns beyond their mean
 * @param segments columns of observations by which episodes are put together, at most {@link
 *     #MOST_COLUMNS}
 * @param behavior who made the log, where that is known
 * @param actionGroups what actions have in common, where they are to be put together
 * @param plannedShares by label, what share of the episodes each of its values was to have, in any
 *     unit
 */
public record EvaluateConfig(
    Pipeline pipeline,
    EvaluatedPart part,
    List<PolicySpec> policies,
    String incumbent,
    List<String> estimators,
    Optional<String> primary,
    double level,
    int replicates,
    long seed,
    PromoteIf promoteIf,
    Map<String, Double> knownValues,
    Map<String, String> backTest,
    Smoothing smoothing,
    boolean allowOtherDataset,
    ReturnsConfig returns,
    List<String> segments,
    Optional<BehaviorConfig> behavior,
    Optional<ActionTable> actionGroups,
    Map<String, Map<String, Double>> plannedShares) {
  /** The most columns to make segments of. */
  public static final int MOST_COLUMNS = 8;

  private static final double DEFAULT_LEVEL = 0.95;
  private static final int DEFAULT_REPLICATES = 1000;
  private static final String LOGGED = "logged";

  /** Checks the ranges and copies the collections. */
  public EvaluateConfig {
    policies = List.copyOf(policies);
    estimators = List.copyOf(estimators);
    segments = segments.stream().distinct().toList();
    knownValues = Collections.unmodifiableMap(new TreeMap<>(knownValues));
    backTest = Collections.unmodifiableMap(new TreeMap<>(backTest));
    plannedShares = Collections.unmodifiableMap(new TreeMap<>(plannedShares));
    Require.open("level", level, 0, 1);
    Require.that(
        replicates >= 100 && replicates <= 100_000,
        "replicates is " + replicates + ", but must lie in [100, 100000].");
  }

  /** Reads the section; mistakes become problems of the document. */
  public static EvaluateConfig from(ConfigNode root) {
    Pipeline pipeline = Pipeline.from(root);
    ConfigNode section = root.section("evaluate");
    EvaluatedPart part = section.at("split").choice(EvaluatedPart.class, EvaluatedPart.HELD_OUT);
    List<PolicySpec> policies = policies(section.at("policies"), pipeline);
    String incumbent = section.at("incumbent").optionalText().orElse(LOGGED);
    List<String> estimators = estimators(section.at("estimators"));
    Optional<String> primary = section.at("estimator").optionalText();
    primary.ifPresent(name -> requireKnown(section.at("estimator"), name));
    double level = section.at("level").number(DEFAULT_LEVEL);
    int replicates = section.at("replicates").integer(DEFAULT_REPLICATES);
    long seed = section.at("seed").whole(0);
    PromoteIf promoteIf = PromoteIf.from(section.section("promote-if"));
    Map<String, Double> known = knownValues(section.at("known-values"));
    Map<String, String> backTest = backTest(section.at("back-test"));
    Smoothing smoothing = Smoothing.from(section.at("smoothing"));
    boolean otherDataset = section.at("allow-other-dataset").flag(false);
    ReturnsConfig returns = ReturnsConfig.from(section.section("returns"));
    Optional<BehaviorConfig> behavior = BehaviorConfig.from(section.at("behavior"), pipeline);
    Optional<ActionTable> actionGroups = ActionTable.from(section.at("action-groups"));
    if (actionGroups.isPresent() && behavior.isEmpty()) {
      section
          .at("action-groups")
          .problem(
              "needs the key behavior beside it: only the policy that made the log says how likely a group of actions was");
    }
    Map<String, Map<String, Double>> plannedShares =
        plannedShares(section.section("planned-shares"));
    List<String> segments = segments(section.at("segments"));
    return section
        .checked(
            () ->
                new EvaluateConfig(
                    pipeline,
                    part,
                    policies,
                    incumbent,
                    estimators,
                    primary,
                    level,
                    replicates,
                    seed,
                    promoteIf,
                    known,
                    backTest,
                    smoothing,
                    otherDataset,
                    returns,
                    segments,
                    behavior,
                    actionGroups,
                    plannedShares))
        .orElseGet(
            () ->
                new EvaluateConfig(
                    pipeline,
                    part,
                    policies,
                    incumbent,
                    estimators,
                    primary,
                    DEFAULT_LEVEL,
                    DEFAULT_REPLICATES,
                    seed,
                    promoteIf,
                    known,
                    backTest,
                    smoothing,
                    otherDataset,
                    returns,
                    segments,
                    behavior,
                    actionGroups,
                    plannedShares));
  }

  /** The same with more known values; those given win over those of the config. */
  public EvaluateConfig withKnownValues(Map<String, Double> more) {
    Map<String, Double> all = new TreeMap<>(knownValues);
    all.putAll(more);
    return new EvaluateConfig(
        pipeline,
        part,
        policies,
        incumbent,
        estimators,
        primary,
        level,
        replicates,
        seed,
        promoteIf,
        all,
        backTest,
        smoothing,
        allowOtherDataset,
        returns,
        segments,
        behavior,
        actionGroups,
        plannedShares);
  }

  /**
   * The settings in force as a report records them: without the paths of any machine.
   *
   * @param rewardWeights those in use, which the dataset has a say in
   */
  public JsonNode settings(Map<String, Double> rewardWeights) {
    return CanonicalJson.tree(
        new Settings(
            part.key(),
            policies.stream().map(PolicySpec::name).toList(),
            incumbent,
            estimators,
            primary,
            pipeline.discount(),
            rewardWeights,
            level,
            replicates,
            seed,
            promoteIf,
            knownValues,
            List.copyOf(backTest.keySet()),
            Optional.of(smoothing).filter(Smoothing::isOn).map(Smoothing::inWords),
            allowOtherDataset,
            returns,
            segments,
            behavior.map(BehaviorConfig::names).orElse(List.of()),
            actionGroups.map(ActionTable::by).orElse(List.of()),
            plannedShares));
  }

  /** What {@link #settings} writes. */
  private record Settings(
      String split,
      List<String> policies,
      String incumbent,
      List<String> estimators,
      Optional<String> estimator,
      double discount,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, Double> rewardWeights,
      double level,
      int replicates,
      long seed,
      PromoteIf promoteIf,
      Map<String, Double> knownValues,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> backTest,
      Optional<String> smoothing,
      boolean allowOtherDataset,
      ReturnsConfig returns,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> segments,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> behavior,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> actionGroups,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, Map<String, Double>> plannedShares) {}

  private static List<PolicySpec> policies(ConfigNode node, Pipeline pipeline) {
    List<PolicySpec> policies = new ArrayList<>();
    if (!node.isPresent()) {
      policies.add(new PolicySpec.Logged());
      policies.add(new PolicySpec.Uniform());
      policies.addAll(pipeline.policies());
      return policies;
    }
    for (ConfigNode item : node.items()) {
      Optional<PolicySpec> resolved = pipeline.resolve(item);
      if (resolved.isEmpty()) {
        continue;
      }
      PolicySpec spec = resolved.get();
      String name = spec.name();
      if (policies.stream().anyMatch(policy -> policy.name().equals(name))) {
        item.problem("policy '" + name + "' stands twice");
        continue;
      }
      policies.add(spec);
    }
    return policies;
  }

  private static List<String> estimators(ConfigNode node) {
    List<String> names = new ArrayList<>();
    for (ConfigNode item : node.items()) {
      String name = item.text();
      requireKnown(item, name);
      if (!names.contains(name)) {
        names.add(name);
      }
    }
    return names;
  }

  private static void requireKnown(ConfigNode node, String name) {
    if (Estimators.named(name).isEmpty()) {
      node.problem(
          "there is no estimator '" + name + "'." + DidYouMean.hint(name, Estimators.names()));
    }
  }

  private static Map<String, String> backTest(ConfigNode node) {
    Map<String, String> datasets = new TreeMap<>();
    for (String name : node.isPresent() ? node.keys() : List.<String>of()) {
      datasets.put(name, node.at(name).filePath());
    }
    return datasets;
  }

  private static Map<String, Map<String, Double>> plannedShares(ConfigNode section) {
    Map<String, Map<String, Double>> byLabel = new TreeMap<>();
    for (String label : section.keys()) {
      ConfigNode arms = section.section(label);
      Map<String, Double> shares = new TreeMap<>();
      for (String arm : arms.keys()) {
        double share = arms.at(arm).number(1);
        if (!(share > 0 && Double.isFinite(share))) {
          arms.at(arm).problem("is " + share + ", but a share must be above 0");
        }
        shares.put(arm, share);
      }
      if (shares.size() < 2) {
        arms.problem("names fewer than two values: say what share each was to have");
      }
      byLabel.put(label, shares);
    }
    return byLabel;
  }

  private static List<String> segments(ConfigNode node) {
    List<String> columns = node.texts().stream().distinct().toList();
    if (columns.size() > MOST_COLUMNS) {
      node.problem(
          "names " + columns.size() + " columns, but at most " + MOST_COLUMNS + " are looked at");
    }
    return columns;
  }

  private static Map<String, Double> knownValues(ConfigNode node) {
    Map<String, Double> values = new TreeMap<>();
    if (node.isSection()) {
      for (String name : node.keys()) {
        double value = node.at(name).number(0);
        if (!Double.isFinite(value)) {
          node.at(name).problem("is " + value + ", but should be a finite number");
        }
        values.put(name, value);
      }
      return values;
    }
    if (!node.isPresent()) {
      return values;
    }
    String path = node.filePath();
    try {
      JsonNode tree = CanonicalJson.tree(Files.readAllBytes(Path.of(path)));
      tree.fields()
          .forEachRemaining(
              field -> {
                if (field.getValue().isNumber()) {
                  values.put(field.getKey(), field.getValue().doubleValue());
                }
              });
      if (values.isEmpty()) {
        node.problem(path + " holds no numbers by policy name, such as {\"expert\": 0.78}");
      }
    } catch (IOException e) {
      node.problem("cannot read the file " + path);
    } catch (IllegalArgumentException e) {
      node.problem(path + " is not JSON: " + e.getMessage());
    }
    return values;
  }
}
