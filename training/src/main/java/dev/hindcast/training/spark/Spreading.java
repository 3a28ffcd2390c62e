package dev.hindcast.training.spark;

import dev.hindcast.dataset.ArtefactWriter;
import dev.hindcast.dataset.Dataset;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.rdd.RDD;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/**
 * Trains one trial on data larger than one executor as one learner would: on every executor a
 * learner with a part of the data, all of them members of one {@link
 * dev.hindcast.training.learner.Gathering}. One barrier stage: its tasks run at the same time, and
 * when one of them is lost all are started again, from the last checkpoint.
 */
final class Spreading {
  private final JavaSparkContext context;
  private final Dataset dataset;
  private final String output;
  private final ArtefactWriter.Existing existing;
  private final Consumer<String> progress;
  private final Consumer<String> figures;

  Spreading(
      JavaSparkContext context,
      Dataset dataset,
      String output,
      ArtefactWriter.Existing existing,
      Consumer<String> progress,
      Consumer<String> figures) {
    this.context = context;
    this.dataset = dataset;
    this.output = output;
    this.existing = existing;
    this.progress = progress;
    this.figures = figures;
  }

  /** Trains it with so many members and publishes its bundle. */
  Outcome train(Trial trial, int members) {
    List<List<String>> stretches = Stretches.of(dataset, members);
    try (Lines lines = new Lines(context, progress, figures)) {
      ClassTag<Outcome> tag = ClassTag$.MODULE$.apply(Outcome.class);
      RDD<Outcome> outcomes =
          context
              .parallelize(IntStream.range(0, members).boxed().toList(), members)
              .rdd()
              .barrier()
              .mapPartitions(
                  new SpreadTask(
                      trial, dataset, stretches, output, existing, lines.said(), lines.figures()),
                  false,
                  tag);
      // Spark starts a barrier stage anew after a loss only where a shuffle follows it
      List<Outcome> each = JavaRDD.fromRDD(outcomes, tag).repartition(1).collect();
      return each.stream()
          .filter(outcome -> outcome instanceof Outcome.Refused)
          .findFirst()
          .orElseGet(() -> each.get(0));
    }
  }
}
