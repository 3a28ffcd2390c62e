package dev.hindcast.training.spark;

import dev.hindcast.core.config.ConfigNode;
import dev.hindcast.core.config.DidYouMean;
import dev.hindcast.core.policy.Pipeline;
import dev.hindcast.core.policy.PolicySpec;
import dev.hindcast.training.algorithm.Algorithm;
import dev.hindcast.training.algorithm.Catalogue;
import dev.hindcast.training.algorithm.TrainSettings;
import dev.hindcast.training.algorithm.Yields;
import dev.hindcast.training.tracking.Tracking;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The {@code train} section: which algorithms to train, each with its settings.
 *
 * @param pipeline what all sections share
 * @param plans the entries of {@code train.algorithms}
 * @param tracking where runs are recorded, if anywhere
 * @param catalogue what there was to choose from
 */
public record TrainConfig(
    Pipeline pipeline, List<Plan> plans, Optional<Tracking> tracking, Catalogue catalogue) {
  /** Copies the list. */
  public TrainConfig {
    plans = List.copyOf(plans);
  }

  /**
   * One entry of {@code train.algorithms}.
   *
   * @param label what its bundles are called
   * @param family what the entry is called: the algorithm's name unless {@code as} says otherwise;
   *     the points of a sweep share it, and have labels of their own
   * @param algorithm from the catalogue
   * @param options its own settings
   * @param settings those every algorithm has
   * @param of for fitted-Q evaluation: the policies; empty for all that are known
   * @param stopping when points of its sweep are left behind
   */
  public record Plan(
      String label,
      String family,
      Algorithm algorithm,
      Record options,
      TrainSettings settings,
      List<PolicySpec> of,
      EarlyStopping stopping) {
    /** Copies the list. */
    public Plan {
      of = List.copyOf(of);
    }

    /** Whether it is a point of a sweep. */
    public boolean isSwept() {
      return !label.equals(family);
    }

    /** Whether it yields policies. */
    public boolean yieldsPolicy() {
      return algorithm.yields() == Yields.POLICY;
    }

    /** What the bundle of a policy is called. */
    String bundleName(int seed) {
      return label + "-seed" + seed;
    }
  }

  /**
   * Reads a whole config's shared keys and {@code train} section; mistakes become problems of the
   * document.
   *
   * @param catalogue the algorithms that it can name
   */
  public static TrainConfig from(ConfigNode root, Catalogue catalogue) {
    Pipeline pipeline = Pipeline.from(root);
    ConfigNode train = root.section("train");
    TrainSettings shared = train.record(TrainSettings.DEFAULT);
    ConfigNode algorithms = train.at("algorithms");
    if (algorithms.items().isEmpty()) {
      train.problem("names no algorithms: list some, such as algorithms: [behavior-cloning, iql]");
    }
    List<Plan> plans = new ArrayList<>();
    Set<String> labels = new LinkedHashSet<>();
    for (ConfigNode item : algorithms.items()) {
      ConfigNode name = item.isSection() ? item.at("name") : item;
      String text = name.text();
      Optional<Algorithm> entry = catalogue.named(text);
      if (entry.isEmpty()) {
        name.problem(catalogue.refusal(text));
        if (item.isSection()) {
          item.leaveToOthers();
        }
        continue;
      }
      plans.addAll(plans(item, entry.get(), shared, labels, catalogue));
    }
    checkPolicies(algorithms, plans, pipeline);
    return new TrainConfig(
        pipeline, plans, Tracking.from(train.section("tracking"), pipeline.name()), catalogue);
  }

  private static List<Plan> plans(
      ConfigNode item,
      Algorithm entry,
      TrainSettings shared,
      Set<String> labels,
      Catalogue catalogue) {
    if (!item.isSection()) {
      return named(
          item,
          List.of(
              plan(entry, entry.name(), entry.name(), item, shared, List.of(), EarlyStopping.OFF)),
          labels);
    }
    String family = item.at("as").optionalText().orElse(entry.name());
    if (!PolicySpec.NAME.matcher(family).matches()) {
      item.at("as").problem("'" + family + "' should be letters, digits, '.', '_' or '-'");
    }
    List<PolicySpec> of = new ArrayList<>();
    if (entry.yields() != Yields.POLICY) {
      item.at("of").items().forEach(policy -> of.add(PolicySpec.from(policy)));
    }
    refuseMeaningless(item, entry);
    // read as it stands even where it is swept: its keys become known, its mistakes are found
    Plan plain = plan(entry, family, family, item, shared, of, EarlyStopping.OFF);
    List<Sweep.Point> points = Sweep.of(item, entry, shared, family);
    EarlyStopping stopping = stopping(item, plain, points, catalogue);
    List<Plan> plans =
        points.isEmpty()
            ? List.of(plain)
            : points.stream()
                .map(
                    point ->
                        plan(
                            entry,
                            family + "-" + point.name(),
                            family,
                            item.with(point.values()),
                            shared,
                            of,
                            stopping))
                .toList();
    return named(item, plans, labels);
  }

  /** A setting that changes nothing would be believed to change something. */
  private static void refuseMeaningless(ConfigNode item, Algorithm entry) {
    entry
        .ignored()
        .forEach(
            (key, instead) -> {
              if (item.has(key)) {
                item.at(key).problem("means nothing to " + entry.name() + ": " + instead);
              }
            });
  }

  private static EarlyStopping stopping(
      ConfigNode item, Plan plain, List<Sweep.Point> points, Catalogue catalogue) {
    ConfigNode section = item.section("early-stopping");
    EarlyStopping stopping = section.record(EarlyStopping.OFF);
    if (section.isPresent() && (points.isEmpty() || !plain.yieldsPolicy())) {
      section.problem("is for sweeps of policies: say what to try with sweep: {key: [values]}");
    } else if (section.isPresent() && stopping.isOff()) {
      section.problem(
          "needs rungs: shares of the updates after which to compare, such as [0.2, 0.5]");
    } else if (section.isPresent() && !plain.settings().distribution().isWhole()) {
      section.problem("needs runs that are trained whole: set distribution.shards: 1");
    } else if (section.isPresent() && catalogue.judge().isEmpty()) {
      section.problem("needs an algorithm that values policies, and this program has none");
    }
    return stopping;
  }

  private static List<Plan> named(ConfigNode item, List<Plan> plans, Set<String> labels) {
    for (Plan plan : plans) {
      if (!labels.add(plan.label())) {
        item.problem("a second '" + plan.label() + "': give one of them another name with as: ...");
      }
    }
    return plans;
  }

  private static Plan plan(
      Algorithm entry,
      String label,
      String family,
      ConfigNode values,
      TrainSettings shared,
      List<PolicySpec> of,
      EarlyStopping stopping) {
    Plan plan =
        values.isSection()
            ? new Plan(
                label,
                family,
                entry,
                values.record(entry.defaults()),
                values.record(shared),
                of,
                stopping)
            : new Plan(label, family, entry, entry.defaults(), shared, of, stopping);
    boolean isInRounds = !plan.settings().distribution().isWhole() && entry.meeting().isEmpty();
    if (isInRounds && plan.settings().snapshots() > 0) {
      values.problem(
          "snapshots are taken of runs that are trained whole: set distribution.shards: 1, or snapshots: 0.");
    }
    if (isInRounds && !entry.hasMean()) {
      values.problem(
          label
              + " cannot be trained in "
              + plan.settings().distribution().shards()
              + " shards: what "
              + entry.name()
              + " learns on parts of the data has no mean. Set distribution: {shards: 1} in this entry");
    }
    return plan;
  }

  private static void checkPolicies(ConfigNode algorithms, List<Plan> plans, Pipeline pipeline) {
    Set<String> known = new LinkedHashSet<>();
    known.add("uniform");
    pipeline.policies().forEach(policy -> known.add(policy.name()));
    for (Plan plan : plans) {
      if (plan.yieldsPolicy()) {
        known.add(plan.label());
        known.add(plan.family());
        for (int seed = 0; seed < plan.settings().seeds(); seed++) {
          known.add(plan.bundleName(seed));
        }
      }
    }
    for (Plan plan : plans) {
      for (PolicySpec policy : plan.of()) {
        if (policy instanceof PolicySpec.Logged) {
          algorithms.problem(
              plan.label()
                  + ": logged has no probabilities that its value could be learned for; its returns are in the log");
        } else if (policy instanceof PolicySpec.Named && !known.contains(policy.name())) {
          algorithms.problem(
              plan.label()
                  + ": there is no policy '"
                  + policy.name()
                  + "'."
                  + DidYouMean.hint(policy.name(), known));
        }
      }
    }
  }
}
