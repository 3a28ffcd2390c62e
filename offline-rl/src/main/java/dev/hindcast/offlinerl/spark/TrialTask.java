package dev.hindcast.offlinerl.spark;

import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.core.artefact.Fingerprint;
import dev.hindcast.core.artefact.Provenance;
import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.Decisions;
import dev.hindcast.core.data.Normalizer;
import dev.hindcast.core.data.Split;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.policy.BundleManifest;
import dev.hindcast.dataset.ArtefactWriter;
import dev.hindcast.dataset.Dataset;
import dev.hindcast.offlinerl.algorithm.Algorithms;
import dev.hindcast.offlinerl.algorithm.Experience;
import dev.hindcast.offlinerl.algorithm.Experience.RewardScale;
import dev.hindcast.offlinerl.algorithm.Learner;
import dev.hindcast.offlinerl.algorithm.Setting;
import dev.hindcast.offlinerl.bundle.NeuralBundle;
import dev.hindcast.offlinerl.network.Networks;
import dev.hindcast.offlinerl.network.Observations;
import dev.hindcast.offlinerl.network.backend.Backends;
import dev.hindcast.offlinerl.training.Alarms;
import dev.hindcast.offlinerl.training.HybridSampler;
import dev.hindcast.offlinerl.training.Metrics;
import dev.hindcast.offlinerl.training.ReplayBuffer;
import dev.hindcast.offlinerl.training.Sampler;
import dev.hindcast.offlinerl.training.Snapshots;
import dev.hindcast.offlinerl.training.TrainingLoop;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.Function;

/**
 * One trial on an executor: reads the training side, trains, publishes the bundle.
 *
 * @param dataset where the data is
 * @param output the folder of all bundles
 * @param existing what to do with another bundle in the trial's place
 * @param progress carries lines to the driver
 * @param figures carries the latest line of the metrics file there, for {@link TrackedTrials}
 */
record TrialTask(
    Dataset dataset,
    String output,
    ArtefactWriter.Existing existing,
    LatestLine progress,
    LatestLine figures)
    implements Function<Trial, Outcome> {
  private static final int ONNX_SAMPLE = 256;

  @Override
  public Outcome call(Trial trial) {
    try {
      train(trial);
      return new Outcome.Published(trial.name());
    } catch (UserError e) {
      progress.add(trial.name() + ": stopped");
      return new Outcome.Refused(trial.name(), e);
    } catch (RuntimeException e) {
      throw new IllegalStateException("Training of " + trial.name() + " failed.", e);
    }
  }

  private void train(Trial trial) {
    progress.add(trial.name() + ": reading the dataset");
    figures.add(TrackedTrials.begun(trial.name()));
    TransitionColumns data = dataset.read(Split.Part.TRAINING);
    Algorithms.Entry<?> algorithm = Algorithms.named(trial.algorithm()).orElseThrow();
    boolean isPolicy = algorithm.yields() == Algorithms.Yields.POLICY;
    Experience experience =
        new Experience(
            data, trial.discount(), isPolicy ? trial.settings().rewards() : RewardScale.NONE);
    Normalizer normalizer = Normalizer.fit(data);
    FolderCheckpoints checkpoints = FolderCheckpoints.of(output, trial.name());
    try (ArtefactWriter writer = ArtefactWriter.begin(output + "/" + trial.name(), existing);
        Networks networks = Backends.on(trial.settings().device());
        Observations observations =
            networks.place(
                normalizer.apply(data.numeric()),
                data.categories(),
                data.observationSpace().categorical().size(),
                data.observationRows());
        Learner learner =
            algorithm.learner(
                new Setting(
                    experience,
                    observations,
                    networks,
                    trial.settings().hidden(),
                    trial.settings().embeddingWidth(),
                    trial.discount(),
                    trial.seed(),
                    trial.target().stream().map(Trial.Target::policy).findFirst()),
                trial.options())) {
      Sampler sampler = sampler(trial, algorithm, experience, learner);
      LiveEvents events = new LiveEvents(writer);
      Snapshots snapshots = Snapshots.last(trial.settings().snapshots());
      TrainingLoop loop =
          new TrainingLoop(
              trial.name(),
              learner,
              sampler,
              trial.settings().schedule(),
              trial.settings().alarms() ? Alarms.of(experience) : Alarms.off(),
              metrics -> {
                figures.add(TrackedTrials.line(trial.name(), metrics));
                if (trial.settings().tensorboard()) {
                  events.accept(metrics);
                }
              },
              snapshots);
      Metrics metrics =
          loop.run(
              Fingerprint.of(trial.provenance().getBytes(StandardCharsets.UTF_8)),
              checkpoints,
              line -> progress.add(trial.name() + ": " + line),
              () -> TaskContext.get().isInterrupted());
      if (trial.settings().tensorboard()) {
        events.finish(metrics);
      }
      bundle(trial, algorithm, data, normalizer, learner, snapshots, metrics, sampler)
          .publish(writer, sample(data));
    }
    checkpoints.remove();
    progress.add(trial.name() + ": done");
  }

  private static Sampler sampler(
      Trial trial, Algorithms.Entry<?> algorithm, Experience experience, Learner learner) {
    return switch (algorithm.draws()) {
      case UNIFORMLY ->
          new ReplayBuffer(experience, algorithm.uses(), learner.steps(), trial.seed());
      case HALF_DEMONSTRATIONS ->
          HybridSampler.ofDemonstrations(
              experience,
              algorithm.uses(),
              learner.steps(),
              trial.settings().demonstrationShare(),
              trial.seed());
    };
  }

  private static NeuralBundle bundle(
      Trial trial,
      Algorithms.Entry<?> algorithm,
      TransitionColumns data,
      Normalizer normalizer,
      Learner learner,
      Snapshots snapshots,
      Metrics metrics,
      Sampler sampler) {
    boolean isPolicy = algorithm.yields() == Algorithms.Yields.POLICY;
    Optional<BundleManifest.Evaluates> evaluates =
        trial.target().stream()
            .findFirst()
            .map(
                target ->
                    new BundleManifest.Evaluates(
                        target.name(), new Fingerprint(target.fingerprint())));
    Map<String, Double> figures = metrics.latest();
    figures.put("steps", (double) sampler.size());
    figures.put("steps_left_out", (double) sampler.leftOut());
    return new NeuralBundle(
        trial.name(),
        trial.algorithm(),
        algorithm.description(),
        data.observationSpace(),
        data.actionSpace(),
        isPolicy && data.hasMask(),
        evaluates,
        trial.discount(),
        trial.settings().updates(),
        figures,
        metrics.text(),
        CanonicalJson.read(trial.provenance().getBytes(StandardCharsets.UTF_8), Provenance.class),
        learner.product().frozen(),
        snapshots.taken(),
        normalizer);
  }

  /** Steps spread over the whole data, for checking the export. */
  private static Decisions sample(TransitionColumns data) {
    int n = Math.min(ONNX_SAMPLE, data.rows());
    int[] rows = new int[n];
    for (int i = 0; i < n; i++) {
      rows[i] = (int) ((long) i * data.rows() / n);
    }
    return data.decisionsAt(rows);
  }
}
