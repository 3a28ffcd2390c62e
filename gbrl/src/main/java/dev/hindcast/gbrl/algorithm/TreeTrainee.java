package dev.hindcast.gbrl.algorithm;

import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.Decisions;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.policy.BundleManifest;
import dev.hindcast.core.policy.Policy;
import dev.hindcast.core.policy.QFunction;
import dev.hindcast.dataset.ArtefactWriter;
import dev.hindcast.gbrl.bundle.TreeBundle;
import dev.hindcast.gbrl.bundle.TreeBundleFormat;
import dev.hindcast.gbrl.product.TreeFunctions;
import dev.hindcast.gbrl.product.TreeProduct;
import dev.hindcast.gbrl.tree.Gpus;
import dev.hindcast.training.algorithm.Assignment;
import dev.hindcast.training.algorithm.Trainee;
import dev.hindcast.training.bundle.TrainingRecord;
import dev.hindcast.training.learner.Device;
import dev.hindcast.training.learner.Experience;
import dev.hindcast.training.learner.Learner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;

/** A learner of trees with the rows that it grows on. */
final class TreeTrainee implements Trainee {
  /** What Spark gives a task, as for networks; the trees are the same with any number. */
  private static final int THREADS = 1;

  private final TransitionColumns data;
  private final Observations observations;
  private TreeLearner learner;

  private TreeTrainee(Experience experience) {
    data = experience.data();
    observations = new Observations(experience);
  }

  static TreeTrainee of(TreeAlgorithms.Entry<?> algorithm, Assignment assignment) {
    OptionalInt gpu = gpu(algorithm.name(), assignment);
    TreeTrainee trainee = new TreeTrainee(assignment.experience());
    try {
      trainee.learner =
          algorithm.learner(
              new Setting(
                  assignment.experience(),
                  trainee.observations,
                  THREADS,
                  gpu,
                  assignment.discount(),
                  assignment.seed(),
                  assignment.target()),
              assignment.options());
      return trainee;
    } catch (RuntimeException | Error e) {
      trainee.close();
      throw e;
    }
  }

  /** Which GPU it grows on; refused where it must be one that is not there. */
  private static OptionalInt gpu(String algorithm, Assignment assignment) {
    Device device = assignment.settings().device();
    if (!assignment.experience().all().areHere()) {
      if (device == Device.GPU) {
        throw UserError.usage(
            "Cannot train "
                + algorithm
                + " on GPUs and on several executors as one: where sums are added up between machines trees grow on their CPUs. Set device: cpu, or distribution: {shards: 1}.");
      }
      return OptionalInt.empty();
    }
    int visible = device == Device.CPU ? 0 : Gpus.visible();
    int wanted = assignment.gpu().orElse(0);
    if (wanted < visible) {
      return OptionalInt.of(wanted);
    }
    if (device != Device.GPU && visible == 0) {
      return OptionalInt.empty();
    }
    throw new UserError(
        UserError.Kind.RESOURCES,
        "Cannot train "
            + algorithm
            + " on a GPU: "
            + (assignment.gpu().isPresent() ? "Spark gave this task GPU " + wanted + ", and " : "")
            + "XGBoost finds "
            + (visible == 0 ? "none" : visible == 1 ? "only GPU 0" : "GPUs 0 to " + (visible - 1))
            + " here. device: gpu needs xgboost4j-spark-gpu in place of xgboost4j-spark on the class"
            + " path of the executors, and a GPU with its driver; hindcast doctor and"
            + " docs/guide/gpu-executors.md say more. Or set device to auto or cpu.");
  }

  @Override
  public Learner learner() {
    return learner;
  }

  @Override
  public void takeUp(Path bundle) {
    try {
      learner.takeUp(TreeBundleFormat.product(bundle));
    } catch (IllegalArgumentException e) {
      throw new UserError(
          UserError.Kind.USAGE,
          "Cannot train the bundle "
              + bundle
              + " further: "
              + e.getMessage()
              + ". Name an algorithm whose policies have the same form.",
          e);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read bundle " + bundle + ".", e);
    }
  }

  @Override
  public Policy policy() {
    TreeProduct product = learner.product();
    if (!product.head().isPolicy()) {
      throw new IllegalStateException("The head " + product.head() + " is not a policy's.");
    }
    return TreeFunctions.policy(
        product, data.observationSpace(), data.actionSpace(), data.hasMask());
  }

  @Override
  public QFunction qFunction() {
    TreeProduct product = learner.product();
    if (product.head().isPolicy()) {
      throw new IllegalStateException("The head " + product.head() + " is a policy's.");
    }
    return TreeFunctions.values(product, data.observationSpace(), data.actionSpace());
  }

  @Override
  public BundleManifest publish(
      ArtefactWriter writer,
      TrainingRecord record,
      SortedMap<Long, byte[]> snapshots,
      Decisions sample) {
    TreeProduct product = learner.product();
    SortedMap<Long, TreeProduct> moments = new TreeMap<>();
    snapshots.forEach((updates, bytes) -> moments.put(updates, Snapshot.read(bytes, product)));
    return new TreeBundle(record, product, moments).publish(writer, sample);
  }

  @Override
  public void close() {
    if (learner != null) {
      learner.close();
    }
    observations.close();
  }
}
