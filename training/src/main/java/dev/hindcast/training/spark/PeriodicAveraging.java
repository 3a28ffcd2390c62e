package dev.hindcast.training.spark;

import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.Normalizer;
import dev.hindcast.dataset.ArtefactWriter;
import dev.hindcast.dataset.Dataset;
import dev.hindcast.training.loop.Metrics;
import dev.hindcast.training.loop.RunState;
import dev.hindcast.training.loop.Snapshots;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * Trains one trial on data larger than one executor, in rounds: every shard starts from the same
 * state, makes some updates on its own steps, and the states that come out are averaged, weighted
 * by how many steps each shard has (federated averaging of McMahan and others, 2017,
 * arXiv:1602.05629, with every shard in every round).
 *
 * <p>What a task gives is a function of state, shard and seed alone, and averages are summed in the
 * order of shards: an executor that is lost costs its shards' round and changes no bit. With one
 * shard a run equals one that is trained whole, bit for bit.
 *
 * <p>Departs from training whole: learners see one shard only where they look at all the data (the
 * share of best episodes, bounds of returns), and {@code updates} counts those of each shard.
 */
final class PeriodicAveraging {
  private final JavaSparkContext context;
  private final Dataset dataset;
  private final String output;
  private final ArtefactWriter.Existing existing;
  private final Consumer<String> progress;
  private final Consumer<String> figures;

  PeriodicAveraging(
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

  /** Trains it and publishes its bundle. */
  Outcome train(Trial trial) {
    return train(trial, trial.settings().distribution().shards());
  }

  Outcome train(Trial trial, int parts) {
    progress.accept(trial.name() + ": reading the dataset");
    figures.accept(TrackedTrials.begun(trial.name()));
    JavaRDD<Shard> read = Shard.of(context, dataset, parts);
    JavaRDD<Shard> shards =
        GpuTasks.profile(context, List.of(trial.settings().device()), progress)
            .map(read::withResources)
            .orElse(read);
    try {
      Normalizer normalizer =
          shards.map(shard -> Normalizer.Moments.of(shard.data())).collect().stream()
              .reduce(Normalizer.Moments::merge)
              .orElseThrow()
              .normalizer();
      rounds(trial, shards, parts, normalizer);
      progress.accept(trial.name() + ": done");
      return new Outcome.Published(trial.name());
    } catch (UserError e) {
      progress.accept(trial.name() + ": stopped");
      return new Outcome.Refused(trial.name(), e);
    } finally {
      shards.unpersist();
    }
  }

  private void rounds(Trial trial, JavaRDD<Shard> shards, int parts, Normalizer normalizer) {
    FolderCheckpoints checkpoints = FolderCheckpoints.of(output, trial.name());
    Optional<RunState> state =
        checkpoints.latest().flatMap(bytes -> RunState.read(bytes, trial.fingerprint()));
    state.ifPresent(
        found ->
            progress.accept(
                String.format(
                    Locale.ROOT, "%s: going on after %,d updates", trial.name(), found.updates())));
    int local = trial.settings().distribution().localUpdates();
    int all = trial.schedule().updates();
    List<RoundTask.Advanced> last = List.of();
    while (last.isEmpty() || state.map(RunState::updates).orElse(0L) < all) {
      // a state that is at the end already still has to be asked for the shards' sizes
      long until = Math.min(all, state.map(RunState::updates).orElse(0L) + local);
      last = round(trial, shards, normalizer, state, until);
      RunState mean =
          RunState.mean(
              last.stream().map(RoundTask.Advanced::state).toList(),
              last.stream().map(RoundTask.Advanced::steps).toList());
      state = Optional.of(mean);
      if (until < all && trial.schedule().checkpointEvery() > 0) {
        checkpoints.save(until, mean.bytes(trial.fingerprint()));
      }
      Metrics metrics = new Metrics();
      mean.into(metrics);
      figures.accept(TrackedTrials.line(trial.name(), metrics));
      progress.accept(
          String.format(
              Locale.ROOT,
              "%s: %,d of %,d updates on each of %d shards",
              trial.name(),
              until,
              all,
              parts));
    }
    long steps = last.stream().mapToLong(RoundTask.Advanced::steps).sum();
    long leftOut = last.stream().mapToLong(RoundTask.Advanced::leftOut).sum();
    publish(trial, shards, normalizer, state.orElseThrow(), steps, leftOut);
    checkpoints.remove();
  }

  private List<RoundTask.Advanced> round(
      Trial trial,
      JavaRDD<Shard> shards,
      Normalizer normalizer,
      Optional<RunState> from,
      long until) {
    Broadcast<List<RunState>> start = context.broadcast(new ArrayList<>(from.stream().toList()));
    try {
      List<RoundTask.Result> results =
          shards.map(new RoundTask(trial, normalizer, start, until)).collect();
      List<RoundTask.Advanced> advanced = new ArrayList<>();
      for (RoundTask.Result result : results) {
        if (result instanceof RoundTask.Stopped stopped) {
          throw stopped.reason();
        }
        advanced.add((RoundTask.Advanced) result);
      }
      return advanced;
    } finally {
      start.destroy();
    }
  }

  /** On the executor of the first shard, which has what a learner needs. */
  private void publish(
      Trial trial,
      JavaRDD<Shard> shards,
      Normalizer normalizer,
      RunState state,
      long steps,
      long leftOut) {
    Broadcast<RunState> end = context.broadcast(state);
    try {
      String folder = output;
      ArtefactWriter.Existing choice = existing;
      shards
          .filter(shard -> shard.index() == 0)
          .foreach(
              shard -> {
                if (trial.isAt(folder)) {
                  return; // by an attempt before this one
                }
                try (ArtefactWriter writer =
                        ArtefactWriter.begin(folder + "/" + trial.name(), choice);
                    OpenTrial open = OpenTrial.on(shard.data(), normalizer, trial, 0)) {
                  Metrics metrics = new Metrics();
                  end.value().into(open.learner());
                  end.value().into(metrics);
                  TrialTask.publish(
                      writer, trial, open, Snapshots.last(0), metrics, steps, leftOut);
                }
              });
    } finally {
      end.destroy();
    }
  }
}
