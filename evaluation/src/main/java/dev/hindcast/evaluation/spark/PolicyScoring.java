package dev.hindcast.evaluation.spark;

import static org.apache.spark.sql.functions.col;

import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.core.artefact.CodeVersion;
import dev.hindcast.core.artefact.Provenance;
import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.DecisionRequests;
import dev.hindcast.dataset.ArtefactWriter;
import dev.hindcast.dataset.columns.StableFooter;
import dev.hindcast.dataset.storage.Storage;
import dev.hindcast.evaluation.scoring.DecisionScorer;
import dev.hindcast.evaluation.scoring.DecisionsManifest;
import dev.hindcast.evaluation.scoring.ScoringPlan;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/**
 * A policy decides in every row of a log. The model travels to each executor once; rows keep their
 * order and their columns.
 */
public final class PolicyScoring {
  private static final String FOLDER = "decisions";
  private static final int EXAMPLES = 3;

  private PolicyScoring() {}

  /** Makes requests from rows of the log; runs on executors. */
  @FunctionalInterface
  public interface Reader extends Serializable {
    /** One request for each row. */
    DecisionRequests read(List<Row> rows);
  }

  /**
   * The rows to decide on.
   *
   * @param name what people call the pipeline
   * @param rows all columns of the log
   * @param reader reads requests from them
   * @param inputs the files, for provenance
   */
  public record Log(String name, Dataset<Row> rows, Reader reader, List<Provenance.Input> inputs) {
    /** Copies the list. */
    public Log {
      inputs = List.copyOf(inputs);
    }
  }

  /**
   * Scores and publishes. On any failure nothing is left behind.
   *
   * @param output where the manifest and the folder {@code decisions} go
   * @param progress is told in words what is being done
   * @throws UserError (usage) when the log has a column of ours already; (data) when it has no
   *     rows, or none that could be decided on; (conflict) when something stands at the output
   */
  public static DecisionsManifest run(
      SparkSession spark,
      ScoringPlan plan,
      Log log,
      String output,
      ArtefactWriter.Existing existing,
      Consumer<String> progress) {
    boolean withValues = !plan.qFunctions().isEmpty();
    StructType schema = ScoredRows.schema(log.rows().schema(), plan.about(), withValues);
    try (ArtefactWriter writer = ArtefactWriter.begin(output, existing)) {
      JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
      Broadcast<DecisionScorer> scorer = context.broadcast(plan.scorer());
      ScoredRows scoredRows = new ScoredRows(log.reader(), scorer, plan.about(), withValues);
      progress.accept(
          "Deciding with policy "
              + plan.about().name()
              + " ("
              + plan.about().fingerprint().brief()
              + ")");
      JavaRDD<Row> rows = log.rows().toJavaRDD().mapPartitions(scoredRows::of);
      String scratch = writer.resolve("." + FOLDER);
      spark.createDataFrame(rows, schema).write().option("compression", "zstd").parquet(scratch);
      scorer.destroy();
      settle(context, scratch, writer.resolve(FOLDER));
      DecisionsManifest manifest = account(spark, plan, log, writer, progress);
      writer.publish(manifest);
      return manifest;
    }
  }

  /** Puts the parts under names and with bytes that the same run gives again. */
  private static void settle(JavaSparkContext context, String scratch, String folder) {
    List<String> parts =
        Storage.names(scratch).stream().filter(name -> name.startsWith("part-")).sorted().toList();
    List<List<String>> copies = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      String target = String.format(Locale.ROOT, "part-%05d.parquet", i);
      copies.add(List.of(Storage.below(scratch, parts.get(i)), Storage.below(folder, target)));
    }
    Storage.Settings settings = Storage.settings();
    context
        .parallelize(copies, Math.max(1, copies.size()))
        .foreach(
            copy -> {
              settings.apply();
              StableFooter.copy(copy.get(0), copy.get(1));
            });
    Storage.delete(scratch);
  }

  private static DecisionsManifest account(
      SparkSession spark,
      ScoringPlan plan,
      Log log,
      ArtefactWriter writer,
      Consumer<String> progress) {
    Dataset<Row> decisions = spark.read().parquet(writer.resolve(FOLDER));
    long count = decisions.count();
    if (count == 0) {
      throw UserError.data("Cannot score " + log.name() + ": the log has no rows.");
    }
    Dataset<Row> troubled = decisions.filter(col(ScoredRows.PROBLEM).isNotNull());
    long without = troubled.count();
    if (without > 0) {
      List<Row> examples =
          troubled
              .select("decision_id", ScoredRows.PROBLEM)
              .orderBy("decision_id", ScoredRows.PROBLEM)
              .limit(EXAMPLES)
              .collectAsList();
      List<String> words = examples.stream().map(row -> row.get(0) + ": " + row.get(1)).toList();
      String lacking =
          String.format(
              Locale.ROOT,
              "%,d of %,d rows got no action, such as %s",
              without,
              count,
              String.join("; ", words));
      if (without == count) {
        throw UserError.data("Cannot score " + log.name() + ": " + lacking + ".");
      }
      progress.accept(lacking);
    }
    List<Provenance.Input> inputs = new ArrayList<>(log.inputs());
    inputs.addAll(plan.inputs());
    return new DecisionsManifest(
        DecisionsManifest.SPEC_VERSION,
        DecisionsManifest.KIND,
        log.name(),
        plan.about().name(),
        plan.about().fingerprint(),
        plan.acting().key(),
        plan.about().actionSpace(),
        plan.qFunctions().stream().map(q -> q.manifest().name()).toList(),
        count,
        count - without,
        writer.files(),
        new Provenance(
            inputs,
            CanonicalJson.tree((Object) Map.of("acting", plan.acting().key())),
            plan.seed(),
            CodeVersion.current()));
  }
}
