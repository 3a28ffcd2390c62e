package dev.hindcast.training.spark;

import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.DatasetManifest;
import dev.hindcast.core.data.Split;
import dev.hindcast.dataset.Dataset;
import java.util.Locale;
import java.util.function.Consumer;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * On how many executors a trial is trained as one.
 *
 * @param cores that tasks can have at the same time, over all executors
 * @param taskCores that each of them takes
 * @param executorCores of one executor
 * @param executorMemory of one executor, in bytes
 * @param isOneMachine whether all executors are this process, so that several have no more memory
 */
record Places(
    int cores, int taskCores, int executorCores, long executorMemory, boolean isOneMachine) {
  /** A number in the dataset, in the matrix made of it, and in what the trees keep of that. */
  private static final long BYTES_PER_NUMBER = 3L * Float.BYTES;

  /** Those of a session. */
  static Places of(JavaSparkContext context) {
    SparkConf conf = context.getConf();
    return new Places(
        context.defaultParallelism(),
        conf.getInt("spark.task.cpus", 1),
        conf.getInt("spark.executor.cores", 1),
        conf.getSizeAsBytes("spark.executor.memory", "1g"),
        context.master().matches("local(\\[.*)?"));
  }

  /**
   * How many members a trial's gathering has; 1 trains it whole.
   *
   * @param progress told when the size of the data decides
   * @throws UserError when there is no place for as many as the config asks for
   */
  int members(Trial trial, Dataset dataset, Consumer<String> progress) {
    if (trial.algorithm().meeting().isEmpty()) {
      return 1;
    }
    int asked = trial.settings().distribution().shards();
    if (asked > slots()) {
      throw new UserError(
          UserError.Kind.RESOURCES,
          String.format(
              Locale.ROOT,
              "Cannot train %s in %d shards: all of them are trained at the same time, and Spark has place for %d tasks. Give it more executors, or lower train.distribution.shards.",
              trial.name(),
              asked,
              slots()));
    }
    return asked > 0 ? asked : bySize(trial, dataset, progress);
  }

  private int bySize(Trial trial, Dataset dataset, Consumer<String> progress) {
    long needed = bytes(dataset.manifest());
    long place = executorMemory / Math.max(1, executorCores / taskCores);
    if (isOneMachine || needed <= place) {
      return 1;
    }
    int most = Math.min(slots(), dataset.files(Split.Part.TRAINING).size());
    int members = (int) Math.min(most, (needed + place - 1) / place);
    progress.accept(
        String.format(
            Locale.ROOT,
            "%s: training on %d executors as one: its data takes about %,d MB there, and a task has %,d MB%s",
            trial.name(),
            members,
            needed >> 20,
            place >> 20,
            needed > members * place
                ? "; that is still too little: give Spark more executors, or larger ones, and the dataset more files"
                : ""));
    return members;
  }

  private int slots() {
    return Math.max(1, cores / taskCores);
  }

  /** What the training side takes while trees grow on it, about. */
  private static long bytes(DatasetManifest manifest) {
    int width =
        manifest.observationSpace().numeric().size()
            + manifest.observationSpace().categorical().size();
    return BYTES_PER_NUMBER * width * manifest.part(Split.Part.TRAINING).transitions();
  }
}
