package dev.hindcast.streaming.learning;

import dev.hindcast.core.artefact.StableHash;
import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.Normalizer;
import dev.hindcast.core.data.Split;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.policy.BundleLoader;
import dev.hindcast.core.policy.BundleManifest;
import dev.hindcast.dataset.ArtefactFolder;
import dev.hindcast.dataset.Dataset;
import dev.hindcast.gbrl.bundle.TreeBundleFormat;
import dev.hindcast.offlinerl.bundle.NeuralBundleFormat;
import dev.hindcast.streaming.plan.LearnConfig;
import dev.hindcast.streaming.plan.StreamPlan;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;

/**
 * What learning begins from and falls back upon: none of it changes.
 *
 * @param bundle the folder of the bundle, on this machine
 * @param manifest what that says of itself
 * @param dataset where rehearsed episodes are from
 * @param rehearsal those episodes
 * @param normalizer of numeric fields, the bundle's own where it has one
 * @param range of the rehearsed rewards
 */
record Origin(
    Path bundle,
    BundleManifest manifest,
    Dataset dataset,
    TransitionColumns rehearsal,
    Normalizer normalizer,
    Evidence.Range range) {
  /**
   * Reads the bundle and the dataset.
   *
   * @throws UserError when one of them is not there, or they do not fit each other or the stream
   */
  static Origin of(LearnConfig config, StreamPlan plan) {
    Path bundle = ArtefactFolder.local(config.from());
    BundleManifest manifest = loader().load(bundle).manifest(); // which checks all its files
    check(manifest, config, plan);
    Dataset dataset = Dataset.open(config.dataset()).withRewardWeights(config.rewardWeights());
    TransitionColumns rehearsal = rehearsal(config, plan, dataset.read(Split.Part.TRAINING));
    return new Origin(
        bundle,
        manifest,
        dataset,
        rehearsal,
        config.algorithm().normalizer(bundle).orElseGet(() -> Normalizer.fit(rehearsal)),
        range(rehearsal));
  }

  /**
   * Looks whether there is such a bundle, and whether it suits the stream, without reading all of
   * it.
   *
   * @throws UserError when not
   */
  static void check(LearnConfig config, StreamPlan plan) {
    check(BundleLoader.manifest(ArtefactFolder.local(config.from())), config, plan);
  }

  private static void check(BundleManifest manifest, LearnConfig config, StreamPlan plan) {
    if (!manifest.observationSpace().equals(plan.space())
        || !manifest.actionSpace().equals(plan.mapping().actionSpace())) {
      throw UserError.usage(
          "Cannot learn on from bundle "
              + config.from()
              + ": it was trained for other observations or actions than those of the stream. Name in stream.dataset the dataset that it was trained on.");
    }
  }

  private static BundleLoader loader() {
    List<BundleLoader.Format> formats = new ArrayList<>(NeuralBundleFormat.all());
    formats.addAll(TreeBundleFormat.all());
    return new BundleLoader(formats);
  }

  /** The rehearsed episodes, then others. */
  TransitionColumns followedBy(TransitionColumns recent, StreamPlan plan) {
    TransitionColumns.Builder builder = plan.layout().builder();
    for (int episode = 0; episode < rehearsal.episodes(); episode++) {
      builder.addEpisode(rehearsal, episode);
    }
    for (int episode = 0; episode < recent.episodes(); episode++) {
      builder.addEpisode(recent, episode);
    }
    return builder.build();
  }

  private static Evidence.Range range(TransitionColumns data) {
    double least = Double.POSITIVE_INFINITY;
    double greatest = Double.NEGATIVE_INFINITY;
    for (int row = 0; row < data.rows(); row++) {
      least = Math.min(least, data.reward(row));
      greatest = Math.max(greatest, data.reward(row));
    }
    return new Evidence.Range(least, greatest);
  }

  /** Episodes of the dataset, drawn by the hash of their ids, in the dataset's order. */
  private static TransitionColumns rehearsal(
      LearnConfig config, StreamPlan plan, TransitionColumns all) {
    Integer[] order = new Integer[all.episodes()];
    Arrays.setAll(order, episode -> episode);
    Arrays.sort(
        order,
        Comparator.comparingLong(
            episode -> StableHash.combine(config.seed(), StableHash.of(all.episodeId(episode)))));
    BitSet kept = new BitSet();
    int steps = 0;
    for (int i = 0; i < order.length && steps < config.diet().rehearsedSteps(); i++) {
      kept.set(order[i]);
      steps += all.end(order[i]) - all.start(order[i]);
    }
    TransitionColumns.Builder builder = plan.layout().builder();
    kept.stream().forEach(episode -> builder.addEpisode(all, episode));
    return builder.build();
  }
}
