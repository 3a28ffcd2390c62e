package dev.hindcast.evaluation.spark;

import dev.hindcast.core.data.Split;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.policy.BundleLoader;
import dev.hindcast.core.report.EvaluationReport;
import dev.hindcast.dataset.ArtefactWriter;
import dev.hindcast.dataset.Dataset;
import dev.hindcast.evaluation.diagnostic.Support;
import dev.hindcast.evaluation.fold.BandwidthSums;
import dev.hindcast.evaluation.fold.BandwidthTask;
import dev.hindcast.evaluation.fold.Returns;
import dev.hindcast.evaluation.fold.SpreadTask;
import dev.hindcast.evaluation.fold.Spreads;
import dev.hindcast.evaluation.fold.Task;
import dev.hindcast.evaluation.fold.Totals;
import dev.hindcast.evaluation.plan.EvaluateConfig;
import dev.hindcast.evaluation.plan.EvaluatedPart;
import dev.hindcast.evaluation.plan.EvaluationPlan;
import dev.hindcast.evaluation.report.ReportAssembly;
import dev.hindcast.evaluation.report.ReportWriter;
import dev.hindcast.evaluation.states.StateCounts;
import dev.hindcast.evaluation.survey.Survey;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;

/**
 * A dataset and bundles become a report. Two passes over the evaluated files: what the log
 * supports, then every policy's terms. A task reads its files one after another and hands back
 * sums, which are merged in file order, so that figures do not depend on scheduling.
 */
public final class EvaluateJob {
  /** The most tasks; each hands back its sums, and the driver holds them all for a moment. */
  private static final int MOST_TASKS = 64;

  private EvaluateJob() {}

  /**
   * Evaluates and publishes.
   *
   * @param bundleFolders paths or URIs of policy and Q-function bundles
   * @param outputUri where {@code report.json}, {@code report.html} and the manifest go
   * @param progress is told in words what is being done
   * @throws dev.hindcast.core.config.UserError when something is missing or does not fit; nothing
   *     is published then
   */
  public static EvaluationReport run(
      SparkSession spark,
      EvaluateConfig config,
      Dataset dataset,
      List<String> bundleFolders,
      BundleLoader loader,
      String outputUri,
      ArtefactWriter.Existing existing,
      Consumer<String> progress) {
    try (ArtefactWriter writer = ArtefactWriter.begin(outputUri, existing)) {
      EvaluationPlan plan = EvaluationPlan.of(config, dataset.manifest(), bundleFolders, loader);
      Dataset weighed = dataset.withRewardWeights(config.pipeline().rewardWeights());
      EvaluationReport report = evaluate(spark, plan, weighed, progress);
      progress.accept("Writing the report");
      ReportWriter.publish(report, writer);
      return report;
    }
  }

  private static EvaluationReport evaluate(
      SparkSession spark, EvaluationPlan asked, Dataset dataset, Consumer<String> progress) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    JavaRDD<List<String>> groups = groups(context, asked.config().part(), dataset);

    progress.accept("Reading which actions the log supports");
    Survey survey = survey(context, asked, dataset);
    Support support = survey.support();
    EvaluationPlan plan = smoothed(asked, context, dataset, support, progress);

    progress.accept(
        String.format(
            Locale.ROOT,
            "Evaluating %d policies with %,d bootstrap replicates",
            plan.targets().size(),
            plan.config().replicates()));
    Task task = plan.task(states(plan, groups, dataset, progress), survey);
    Broadcast<Task> tasks = context.broadcast(task);
    Broadcast<Support> supports = context.broadcast(support);
    Totals totals =
        groups
            .map(
                files ->
                    fold(
                        files,
                        dataset,
                        new Totals(tasks.value()),
                        (sums, columns) -> sums.add(columns, supports.value())))
            .collect()
            .stream()
            .reduce(Totals::merge)
            .orElseThrow();
    tasks.destroy();
    supports.destroy();

    progress.accept("Working out how far the estimates may be off");
    Broadcast<SpreadTask> spreadTasks = context.broadcast(plan.spreadTask(task, totals));
    Spreads spreads =
        groups
            .map(files -> fold(files, dataset, new Spreads(spreadTasks.value()), Spreads::add))
            .collect()
            .stream()
            .reduce(Spreads::merge)
            .orElseThrow();
    spreadTasks.destroy();
    return ReportAssembly.of(plan, totals, spreads, survey, returns(plan, context, progress));
  }

  /** Bandwidths are chosen on episodes that are not evaluated, where there are any. */
  private static EvaluationPlan smoothed(
      EvaluationPlan plan,
      JavaSparkContext context,
      Dataset dataset,
      Support support,
      Consumer<String> progress) {
    boolean gathers = support.gathersAtEdges();
    if (!plan.choosesBandwidths()) {
      return plan.smoothed(Optional.empty(), gathers);
    }
    progress.accept("Choosing how far kernels around certain actions reach");
    EvaluatedPart part =
        plan.config().part() == EvaluatedPart.HELD_OUT
                && !dataset.files(Split.Part.TRAINING).isEmpty()
            ? EvaluatedPart.TRAINING
            : plan.config().part();
    Broadcast<BandwidthTask> tasks = context.broadcast(plan.bandwidthTask(gathers));
    Optional<BandwidthSums> sums =
        groups(context, part, dataset)
            .map(
                files -> fold(files, dataset, new BandwidthSums(tasks.value()), BandwidthSums::add))
            .collect()
            .stream()
            .reduce(BandwidthSums::merge);
    tasks.destroy();
    return plan.smoothed(sums, gathers);
  }

  private static List<Returns> returns(
      EvaluationPlan plan, JavaSparkContext context, Consumer<String> progress) {
    List<Returns> returns = new ArrayList<>();
    double discount = plan.config().pipeline().discount();
    for (EvaluationPlan.PastLog past : plan.pastLogs()) {
      progress.accept("Reading what " + past.policy() + " earned in its own log");
      Dataset log = past.dataset();
      returns.add(
          groups(context, EvaluatedPart.ALL, log)
              .map(files -> fold(files, log, new Returns(discount), Returns::add))
              .collect()
              .stream()
              .reduce(Returns::merge)
              .orElseThrow());
    }
    return returns;
  }

  private static Survey survey(JavaSparkContext context, EvaluationPlan plan, Dataset dataset) {
    Survey nothing = plan.survey();
    Set<String> evaluated = new HashSet<>(files(plan.config().part(), dataset));
    List<Survey> surveys =
        groups(context, EvaluatedPart.ALL, dataset)
            .map(
                files -> {
                  Survey survey = nothing.empty();
                  for (String file : files) {
                    TransitionColumns columns = dataset.read(file);
                    survey =
                        evaluated.contains(file) ? survey.add(columns) : survey.addOther(columns);
                  }
                  return survey;
                })
            .collect();
    return surveys.stream().reduce(Survey::merge).orElseThrow();
  }

  private static Optional<StateCounts> states(
      EvaluationPlan plan,
      JavaRDD<List<String>> groups,
      Dataset dataset,
      Consumer<String> progress) {
    if (!plan.countsStates()) {
      return Optional.empty();
    }
    progress.accept("Counting what followed in each state");
    StateCounts none = plan.stateCounts();
    return groups
        .map(files -> fold(files, dataset, none.empty(), StateCounts::add))
        .collect()
        .stream()
        .reduce(StateCounts::merge);
  }

  /** Neighbouring files, as evenly as can be; how many depends on the dataset alone. */
  private static JavaRDD<List<String>> groups(
      JavaSparkContext context, EvaluatedPart part, Dataset dataset) {
    List<String> files = files(part, dataset);
    int size = Math.min(files.size(), MOST_TASKS);
    List<List<String>> groups = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      int from = (int) ((long) files.size() * i / size);
      int to = (int) ((long) files.size() * (i + 1) / size);
      groups.add(new ArrayList<>(files.subList(from, to)));
    }
    return context.parallelize(groups, groups.size());
  }

  private static List<String> files(EvaluatedPart part, Dataset dataset) {
    return part.parts().stream().flatMap(side -> dataset.files(side).stream()).toList();
  }

  private static <T> T fold(List<String> files, Dataset dataset, T start, Step<T> step) {
    T sums = start;
    for (String file : files) {
      sums = step.apply(sums, dataset.read(file));
    }
    return sums;
  }

  /** Adds one file to sums. */
  @FunctionalInterface
  private interface Step<T> {
    T apply(T sums, TransitionColumns columns);
  }
}
