package dev.hindcast.training.spark;

import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.Split;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.dataset.Dataset;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.storage.StorageLevel;

/**
 * A part of the training side that fits one executor.
 *
 * @param index from 0
 * @param data its episodes
 */
record Shard(int index, TransitionColumns data) implements Serializable {
  /**
   * All shards, read where they are needed and kept in memory there; what is lost with an executor
   * is read again. The n-th file belongs to shard n modulo their number, so that shards depend on
   * the dataset alone.
   *
   * @throws UserError when there are fewer files than shards
   */
  static JavaRDD<Shard> of(JavaSparkContext context, Dataset dataset, int shards) {
    List<String> files = dataset.files(Split.Part.TRAINING);
    if (files.size() < shards) {
      throw tooFew(dataset, files.size(), shards);
    }
    return context
        .parallelize(IntStream.range(0, shards).boxed().toList(), shards)
        .map(index -> new Shard(index, read(dataset, index, shards)))
        .persist(StorageLevel.MEMORY_ONLY());
  }

  /** Why so few files are not so many shards. */
  static UserError tooFew(Dataset dataset, int files, int shards) {
    return UserError.usage(
        "Cannot cut dataset "
            + dataset.manifest().name()
            + " into "
            + shards
            + " shards: its training side has "
            + files
            + (files == 1 ? " file" : " files")
            + ", and a file is read whole. Lower train.distribution.shards, or ingest again with spark.sql.shuffle.partitions of at least "
            + shards
            + ".");
  }

  private static TransitionColumns read(Dataset dataset, int index, int shards) {
    List<String> all = dataset.files(Split.Part.TRAINING);
    List<String> files = new ArrayList<>();
    for (int i = index; i < all.size(); i += shards) {
      files.add(all.get(i));
    }
    return dataset.read(files);
  }
}
