package dev.hindcast.streaming.learning;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.hindcast.core.artefact.CodeVersion;
import dev.hindcast.core.artefact.Provenance;
import dev.hindcast.core.config.ConfigDocument;
import dev.hindcast.core.data.Normalizer;
import dev.hindcast.core.data.Split;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.policy.BundleLoader;
import dev.hindcast.core.policy.BundleManifest;
import dev.hindcast.core.policy.Policy;
import dev.hindcast.core.world.DriftingRecommender;
import dev.hindcast.core.world.DriftingRecommender.Recommendation;
import dev.hindcast.dataset.ArtefactWriter;
import dev.hindcast.dataset.Dataset;
import dev.hindcast.dataset.DatasetWriter;
import dev.hindcast.gbrl.bundle.TreeBundleFormat;
import dev.hindcast.offlinerl.bundle.NeuralBundleFormat;
import dev.hindcast.streaming.plan.LearnConfig;
import dev.hindcast.streaming.plan.StreamConfig;
import dev.hindcast.streaming.plan.StreamPlan;
import dev.hindcast.streaming.row.EpisodeRows;
import dev.hindcast.streaming.row.EventRow;
import dev.hindcast.training.algorithm.Algorithm;
import dev.hindcast.training.algorithm.Assignment;
import dev.hindcast.training.algorithm.TrainSettings;
import dev.hindcast.training.algorithm.Trainee;
import dev.hindcast.training.bundle.TrainingRecord;
import dev.hindcast.training.learner.Device;
import dev.hindcast.training.learner.Experience;
import dev.hindcast.training.loop.Metrics;
import dev.hindcast.training.loop.RunState;
import dev.hindcast.training.loop.Schedule;
import dev.hindcast.training.loop.TrainingLoop;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * A shop that recommends in a drifting world: the dataset and the bundle that it begins with, and
 * its visits as episodes of a stream.
 */
public final class Shop {
  /** What all of its configs say. */
  private static final String CONFIG =
      """
      name: recommender
      discount: 0.9
      ingest:
        source: {format: json, path: events}
        episode: {id: visit, step: step}
        observation: {numeric: [east, north], categorical: [device]}
        action: {discrete: item, size: 4}
        reward: clicked
        terminated: left
        propensity: {probability: p}
      stream:
        source: {path: events}
        columns: {id: text, visit: text, step: whole, east: number, north: number, device: text, item: whole, p: number, left: flag, clicked: number, at: whole}
        time: {column: at, unit: milliseconds}
        lateness: 5 s
        close-after: 60 s
        dataset: dataset
        output: out
        learn:
          from: bundle
          algorithm: %s
          interval: {steps: %d}
      """;

  private final DriftingRecommender world;
  private final Path folder;

  /** In an empty folder, with a log of a day before anything drifted. */
  public Shop(DriftingRecommender world, Path folder, int episodes) {
    this.world = world;
    this.folder = folder;
    TransitionColumns log = world.on(0).log(world.on(0).behaviors(), episodes, 1);
    DatasetWriter.write(folder.resolve("dataset").toString(), "shop", new Split(0.1, "shop"), log);
  }

  /** Trains the bundle that it begins with. */
  public Shop train(String name, Record options, TrainSettings settings) {
    Algorithm algorithm = LearnConfig.catalogue().named(name).orElseThrow();
    Dataset dataset = Dataset.open(folder.resolve("dataset").toString());
    TransitionColumns data = dataset.read(Split.Part.TRAINING);
    Experience experience = new Experience(data, 0.9, settings.rewards());
    Schedule schedule = algorithm.schedule(settings, options);
    try (Trainee trainee =
            algorithm.open(
                new Assignment(
                    experience,
                    Normalizer.fit(data),
                    settings,
                    options,
                    0.9,
                    1,
                    Optional.empty(),
                    OptionalInt.empty()));
        ArtefactWriter writer =
            ArtefactWriter.begin(
                folder.resolve("bundle").toString(), ArtefactWriter.Existing.REPLACE)) {
      RunState state =
          new TrainingLoop(
                  "the first",
                  trainee.learner(),
                  algorithm
                      .draws()
                      .sampler(experience, algorithm.uses(), trainee.learner().steps(), 0.5, 1),
                  schedule)
              .advance(Optional.empty(), schedule.updates(), () -> false);
      Metrics metrics = new Metrics();
      state.into(metrics);
      trainee.publish(
          writer,
          new TrainingRecord(
              name,
              name,
              algorithm.description(),
              BundleManifest.POLICY,
              data.observationSpace(),
              data.actionSpace(),
              false,
              Optional.empty(),
              0.9,
              schedule.updates(),
              metrics.latest(),
              metrics.text(),
              new Provenance(
                  List.of(), JsonNodeFactory.instance.objectNode(), 1, CodeVersion.current())),
          new TreeMap<>(),
          data.decisions(0, 10));
    }
    return this;
  }

  /** Small networks, on a CPU. */
  public static TrainSettings small(int updates) {
    return wide(32, updates);
  }

  /** Networks with two hidden layers that wide, on a CPU. */
  public static TrainSettings wide(int width, int updates) {
    TrainSettings all = TrainSettings.DEFAULT;
    return new TrainSettings(
        1,
        updates,
        128,
        0,
        updates,
        Device.CPU,
        List.of(width, width),
        all.embeddingWidth(),
        1,
        0,
        0.5,
        false,
        false,
        0,
        all.distribution());
  }

  /** A config that learns. */
  public StreamConfig config(String algorithm, int steps, String... overrides) {
    return config(folder, algorithm, steps, overrides);
  }

  /** A config that learns, with the dataset and the bundle in a folder. */
  public static StreamConfig config(Path folder, String algorithm, int steps, String... overrides) {
    ConfigDocument document =
        ConfigDocument.parse(
            "shop.yaml", folder, CONFIG.formatted(algorithm, steps), List.of(overrides));
    StreamConfig config = StreamConfig.from(document.root());
    document.finish();
    return config;
  }

  /** The world. */
  public DriftingRecommender world() {
    return world;
  }

  /** The policy that it begins with. */
  public Policy first() {
    return loader().load(folder.resolve("bundle")).policy().orElseThrow();
  }

  /** What a bundle does, by its files. */
  public static Policy policy(Map<String, byte[]> files) {
    try {
      Path place = Files.createTempDirectory("hindcast-shop");
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        Path path = place.resolve(file.getKey());
        Files.createDirectories(path.getParent());
        Files.write(path, file.getValue());
      }
      return loader().load(place).policy().orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static BundleLoader loader() {
    List<BundleLoader.Format> formats = new ArrayList<>(NeuralBundleFormat.all());
    formats.addAll(TreeBundleFormat.all());
    return new BundleLoader(formats);
  }

  /** Visits as episodes, as the stream would make them. */
  public static List<EpisodeRows> episodes(StreamPlan plan, List<Recommendation> shown) {
    Map<String, List<EventRow>> visits = new LinkedHashMap<>();
    for (Recommendation one : shown) {
      Map<String, Object> event = one.whole();
      Object[] values = new Object[plan.columns().size()];
      for (int i = 0; i < values.length; i++) {
        Object value = event.get(plan.columns().names().get(i));
        values[i] = value instanceof Integer whole ? Long.valueOf(whole) : value;
      }
      visits
          .computeIfAbsent(one.visit(), id -> new ArrayList<>())
          .add(new EventRow(one.millis(), "shop", 0, values));
    }
    return visits.entrySet().stream()
        .map(visit -> new EpisodeRows(visit.getKey(), visit.getValue()))
        .toList();
  }
}
