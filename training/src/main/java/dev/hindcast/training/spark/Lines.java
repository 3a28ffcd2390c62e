package dev.hindcast.training.spark;

import java.util.List;
import java.util.function.Consumer;
import org.apache.spark.api.java.JavaSparkContext;

/** What tasks say while they train, on its way to those who want to hear it. */
final class Lines implements AutoCloseable {
  private final JavaSparkContext context;
  private final LatestLine said = new LatestLine();
  private final LatestLine figures = new LatestLine();
  private final List<ProgressListener> listeners;

  /**
   * From now until it is closed.
   *
   * @param progress told what people read
   * @param figured told the latest line of the metrics
   */
  Lines(JavaSparkContext context, Consumer<String> progress, Consumer<String> figured) {
    this.context = context;
    context.sc().register(said, "training progress");
    context.sc().register(figures, "training figures");
    listeners =
        List.of(
            new ProgressListener(said.id(), progress), new ProgressListener(figures.id(), figured));
    listeners.forEach(context.sc()::addSparkListener);
  }

  /** Where tasks put what people read. */
  LatestLine said() {
    return said;
  }

  /** Where tasks put the latest line of the metrics. */
  LatestLine figures() {
    return figures;
  }

  @Override
  public void close() {
    listeners.forEach(context.sc()::removeSparkListener);
  }
}
