package dev.hindcast.gbrl.algorithm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.Normalizer;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.gbrl.tree.LiveHandles;
import dev.hindcast.training.algorithm.Algorithm;
import dev.hindcast.training.algorithm.Assignment;
import dev.hindcast.training.algorithm.TrainSettings;
import dev.hindcast.training.algorithm.Trainee;
import dev.hindcast.training.contract.Course;
import dev.hindcast.training.learner.Device;
import dev.hindcast.training.learner.Experience;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** On machines and builds without a GPU, as those of the tests are. */
class TreeTraineeTest {
  private static final Algorithm CLONING = TreeAlgorithms.all().get(0);

  @Test
  void gpuThatIsNotThereIsRefusedInWords() {
    assertThatThrownBy(() -> opened(Device.GPU, OptionalInt.empty()))
        .isInstanceOfSatisfying(
            UserError.class, error -> assertThat(error.kind()).isEqualTo(UserError.Kind.RESOURCES))
        .hasMessageStartingWith(
            "Cannot train behavior-cloning-trees on a GPU: XGBoost finds none here. device: gpu"
                + " needs xgboost4j-spark-gpu in place of xgboost4j-spark on the class path of the"
                + " executors, and a GPU with its driver");
    assertThatThrownBy(() -> opened(Device.GPU, OptionalInt.of(3)))
        .hasMessageContaining(": Spark gave this task GPU 3, and XGBoost finds none here.");
    assertThat(LiveHandles.count()).isZero();
  }

  @Test
  void withoutOneTreesGrowOnTheCpuUnlessToldOtherwise() {
    for (Device device : new Device[] {Device.AUTO, Device.CPU}) {
      try (Trainee trainee = opened(device, OptionalInt.empty())) {
        assertThat(trainee.learner()).isInstanceOf(BehaviorCloningTrees.class);
      }
    }
  }

  private static Trainee opened(Device device, OptionalInt gpu) {
    TransitionColumns log = new Course.Chain().log();
    TrainSettings plain = TrainSettings.DEFAULT;
    TrainSettings settings =
        new TrainSettings(
            plain.seeds(),
            plain.updates(),
            plain.batchSize(),
            plain.checkpointEvery(),
            plain.metricsEvery(),
            device,
            plain.hidden(),
            plain.embeddingWidth(),
            plain.rewardScale(),
            plain.rewardShift(),
            plain.demonstrationShare(),
            plain.alarms(),
            plain.tensorboard(),
            plain.snapshots(),
            plain.distribution());
    return CLONING.open(
        new Assignment(
            new Experience(log, Course.DISCOUNT, Experience.RewardScale.NONE),
            Normalizer.fit(log),
            settings,
            CLONING.defaults(),
            Course.DISCOUNT,
            1,
            Optional.empty(),
            gpu));
  }
}
