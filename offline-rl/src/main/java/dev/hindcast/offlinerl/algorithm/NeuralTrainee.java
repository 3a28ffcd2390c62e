package dev.hindcast.offlinerl.algorithm;

import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.Decisions;
import dev.hindcast.core.data.Normalizer;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.policy.BundleManifest;
import dev.hindcast.core.policy.Policy;
import dev.hindcast.core.policy.QFunction;
import dev.hindcast.core.policy.VisitRatios;
import dev.hindcast.dataset.ArtefactWriter;
import dev.hindcast.offlinerl.bundle.NeuralBundle;
import dev.hindcast.offlinerl.bundle.NeuralBundleFormat;
import dev.hindcast.offlinerl.bundle.NeuralFunctions;
import dev.hindcast.offlinerl.network.Networks;
import dev.hindcast.offlinerl.network.Observations;
import dev.hindcast.offlinerl.network.backend.Backends;
import dev.hindcast.offlinerl.product.FrozenProduct;
import dev.hindcast.training.algorithm.Assignment;
import dev.hindcast.training.algorithm.Trainee;
import dev.hindcast.training.bundle.TrainingRecord;
import dev.hindcast.training.learner.Learner;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;

/** A learner of networks with the backend that computes them. */
final class NeuralTrainee implements Trainee {
  private final TransitionColumns data;
  private final Normalizer normalizer;
  private final Networks networks;
  private Observations observations;
  private NetworkLearner learner;

  private NeuralTrainee(Assignment assignment) {
    data = assignment.data();
    normalizer = assignment.normalizer();
    networks = Backends.on(assignment.settings().device(), assignment.gpu());
  }

  static NeuralTrainee of(Algorithms.Entry<?> algorithm, Assignment assignment) {
    NeuralTrainee trainee = new NeuralTrainee(assignment);
    try {
      trainee.begin(algorithm, assignment);
      return trainee;
    } catch (RuntimeException | Error e) {
      trainee.close();
      throw e;
    }
  }

  private void begin(Algorithms.Entry<?> algorithm, Assignment assignment) {
    observations =
        networks.place(
            normalizer.apply(data.numeric()),
            data.categories(),
            data.observationSpace().categorical().size(),
            data.observationRows());
    learner =
        algorithm.learner(
            new Setting(
                assignment.experience(),
                observations,
                networks,
                assignment.settings().hidden(),
                assignment.settings().embeddingWidth(),
                assignment.discount(),
                assignment.seed(),
                assignment.target()),
            assignment.options());
  }

  @Override
  public Learner learner() {
    return learner;
  }

  @Override
  public void takeUp(Path bundle) {
    try {
      learner.takeUp(NeuralBundleFormat.stored(bundle).product());
    } catch (IllegalArgumentException e) {
      throw new UserError(
          UserError.Kind.USAGE,
          "Cannot train the bundle "
              + bundle
              + " further: "
              + e.getMessage()
              + ". Name the algorithm that trained it, with the same networks.",
          e);
    }
  }

  @Override
  public Policy policy() {
    FrozenProduct product = product(BundleManifest.POLICY);
    return NeuralFunctions.policy(product, normalizer, data.actionSpace(), data.hasMask());
  }

  @Override
  public QFunction qFunction() {
    return NeuralFunctions.values(
        product(BundleManifest.Q_FUNCTION), normalizer, data.actionSpace());
  }

  @Override
  public VisitRatios visitRatios() {
    return NeuralFunctions.ratios(
        product(BundleManifest.VISIT_RATIOS), normalizer, data.actionSpace());
  }

  private FrozenProduct product(String wanted) {
    FrozenProduct product = learner.product().frozen();
    String kind = product.head().bundleKind();
    if (!kind.equals(wanted)) {
      throw new IllegalStateException(
          "The head " + product.head() + " is that of a " + kind + ", not of a " + wanted + ".");
    }
    return product;
  }

  @Override
  public BundleManifest publish(
      ArtefactWriter writer,
      TrainingRecord record,
      SortedMap<Long, byte[]> snapshots,
      Decisions sample) {
    FrozenProduct product = learner.product().frozen();
    SortedMap<Long, FrozenProduct> moments = new TreeMap<>();
    snapshots.forEach((updates, numbers) -> moments.put(updates, product.with(numbers)));
    return new NeuralBundle(record, product, moments, normalizer).publish(writer, sample);
  }

  @Override
  public void close() {
    if (learner != null) {
      learner.close();
    }
    if (observations != null) {
      observations.close();
    }
    networks.close();
  }
}
