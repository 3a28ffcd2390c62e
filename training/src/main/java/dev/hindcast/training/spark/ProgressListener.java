package dev.hindcast.training.spark;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.spark.scheduler.AccumulableInfo;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorMetricsUpdate;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import scala.collection.JavaConverters;
import scala.collection.Seq;

/** Hands the progress lines that arrive with heartbeats to a person, each once. */
final class ProgressListener extends SparkListener {
  private final long accumulator;
  private final Consumer<String> progress;
  private final Map<Long, String> shown = new HashMap<>();

  /**
   * Of one accumulator.
   *
   * @param accumulator the id of the registered {@link LatestLine}
   */
  ProgressListener(long accumulator, Consumer<String> progress) {
    this.accumulator = accumulator;
    this.progress = progress;
  }

  @Override
  public void onExecutorMetricsUpdate(SparkListenerExecutorMetricsUpdate update) {
    JavaConverters.seqAsJavaList(update.accumUpdates())
        .forEach(task -> show((Long) task._1(), task._4()));
  }

  @Override
  public void onTaskEnd(SparkListenerTaskEnd end) {
    show(end.taskInfo().taskId(), end.taskInfo().accumulables().toSeq());
  }

  private synchronized void show(long task, Seq<AccumulableInfo> updates) {
    for (AccumulableInfo info : JavaConverters.seqAsJavaList(updates)) {
      if (info.id() == accumulator && info.update().isDefined()) {
        String line = String.valueOf(info.update().get());
        if (!line.isEmpty() && !line.equals(shown.put(task, line))) {
          progress.accept(line);
        }
      }
    }
  }
}
