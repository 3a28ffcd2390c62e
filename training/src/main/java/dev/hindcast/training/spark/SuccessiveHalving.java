package dev.hindcast.training.spark;

import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.core.artefact.Fingerprint;
import dev.hindcast.core.config.UserError;
import dev.hindcast.dataset.Dataset;
import dev.hindcast.dataset.storage.Storage;
import dev.hindcast.training.algorithm.Algorithm;
import dev.hindcast.training.algorithm.Catalogue;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Leaves the hopeless points of a sweep behind. All points reach a rung before any is judged, and
 * the judgment depends on config and data alone, so the same config keeps the same points however
 * long which trial took. Those that go on do so from their checkpoints; no update is made twice.
 * What was decided stays in {@code sweep-NAME.json} beside the bundles, for people and for a run
 * that is started again.
 */
final class SuccessiveHalving {
  private final JavaSparkContext context;
  private final Dataset dataset;
  private final String output;
  private final Trials trials;
  private final Catalogue catalogue;
  private final Consumer<String> progress;

  /** Points are compared by what the judge of the catalogue learns of their policies. */
  SuccessiveHalving(
      JavaSparkContext context,
      Dataset dataset,
      String output,
      Trials trials,
      Catalogue catalogue,
      Consumer<String> progress) {
    this.context = context;
    this.dataset = dataset;
    this.output = output;
    this.trials = trials;
    this.catalogue = catalogue;
    this.progress = progress;
  }

  /**
   * What the file holds.
   *
   * @param sweep what was decided about: config, data and build
   * @param rungs in their order
   */
  private record Decisions(Fingerprint sweep, List<Rung> rungs) {}

  /**
   * One comparison.
   *
   * @param share of all updates after which it was made
   * @param values by point, the mean over seeds; what diverged has none
   * @param kept the points that went on
   */
  private record Rung(double share, Map<String, Double> values, List<String> kept) {}

  /** The plans that are to be trained to the end, in their order. */
  List<TrainConfig.Plan> survivors(List<TrainConfig.Plan> plans) {
    List<TrainConfig.Plan> survivors = new ArrayList<>(plans);
    plans.stream()
        .filter(plan -> !plan.stopping().isOff())
        .map(TrainConfig.Plan::family)
        .distinct()
        .forEach(
            family -> {
              List<TrainConfig.Plan> points =
                  plans.stream().filter(plan -> plan.family().equals(family)).toList();
              List<String> kept = kept(family, points);
              survivors.removeIf(plan -> points.contains(plan) && !kept.contains(plan.label()));
            });
    return survivors;
  }

  private List<String> kept(String family, List<TrainConfig.Plan> points) {
    if (dataset.manifest().isHorizonOne()) {
      throw UserError.usage(
          "Cannot stop points of "
              + family
              + " early: every episode has one step, where the value of the logged steps says nothing about a policy. Take early-stopping out.");
    }
    EarlyStopping stopping = points.get(0).stopping();
    Fingerprint sweep =
        Fingerprint.ofJson(
            List.of(
                stopping,
                points.stream()
                    .flatMap(point -> trials.ofPolicies(point).stream())
                    .map(Trial::provenance)
                    .toList()));
    String file = Storage.below(output, "sweep-" + family + ".json");
    if (Storage.exists(file)) {
      Decisions made = CanonicalJson.read(Storage.read(file), Decisions.class);
      if (made.sweep().equals(sweep)) {
        return made.rungs().get(made.rungs().size() - 1).kept();
      }
    }
    List<Rung> rungs = new ArrayList<>();
    List<TrainConfig.Plan> left = points;
    for (double share : stopping.rungs()) {
      Rung rung = rung(share, left);
      rungs.add(rung);
      progress.accept(
          String.format(
              Locale.ROOT,
              "%s: after %.0f %% of the updates %d of %d points go on",
              family,
              100 * share,
              rung.kept().size(),
              left.size()));
      left = left.stream().filter(point -> rung.kept().contains(point.label())).toList();
    }
    Storage.createFolder(output);
    Storage.write(file, CanonicalJson.bytes(new Decisions(sweep, rungs)));
    return rungs.get(rungs.size() - 1).kept();
  }

  private Rung rung(double share, List<TrainConfig.Plan> points) {
    List<Trial> all = points.stream().flatMap(point -> trials.ofPolicies(point).stream()).toList();
    List<Double> figures = figures(share, points.get(0).stopping(), all);
    Map<String, Double> values = new LinkedHashMap<>();
    int trial = 0;
    for (TrainConfig.Plan point : points) {
      double sum = 0;
      for (int seed = 0; seed < point.settings().seeds(); seed++) {
        sum += figures.get(trial++);
      }
      values.put(point.label(), sum / point.settings().seeds());
    }
    // the sort is stable: of equals those that stand first in the config go on
    List<String> kept =
        values.entrySet().stream()
            .sorted(Map.Entry.<String, Double>comparingByValue(Comparator.reverseOrder()))
            .limit(points.get(0).stopping().kept(points.size()))
            .map(Map.Entry::getKey)
            .toList();
    values.values().removeIf(value -> !Double.isFinite(value));
    return new Rung(share, values, kept);
  }

  private List<Double> figures(double share, EarlyStopping stopping, List<Trial> all) {
    Algorithm judge = catalogue.judge().orElseThrow();
    LatestLine line = new LatestLine();
    context.sc().register(line, "training progress");
    ProgressListener listener = new ProgressListener(line.id(), progress);
    context.sc().addSparkListener(listener);
    try {
      JavaRDD<RungTask.Result> results =
          context
              .parallelize(all, all.size())
              .map(new RungTask(dataset, output, share, judge, stopping.judgeUpdates(), line));
      List<Double> figures = new ArrayList<>();
      for (RungTask.Result result :
          GpuTasks.profile(
                  context, all.stream().map(trial -> trial.settings().device()).toList(), progress)
              .map(results::withResources)
              .orElse(results)
              .collect()) {
        if (result instanceof RungTask.Refused refused) {
          throw new UserError(
              refused.reason().kind(), refused.reason().getMessage(), refused.reason());
        }
        figures.add(((RungTask.Judged) result).value());
      }
      return figures;
    } finally {
      context.sc().removeSparkListener(listener);
    }
  }
}
