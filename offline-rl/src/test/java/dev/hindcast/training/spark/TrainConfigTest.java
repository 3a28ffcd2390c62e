package dev.hindcast.training.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hindcast.core.config.ConfigDocument;
import dev.hindcast.core.policy.PolicySpec;
import dev.hindcast.offlinerl.algorithm.Algorithms;
import dev.hindcast.offlinerl.algorithm.BehaviorCloning;
import dev.hindcast.offlinerl.algorithm.FittedQEvaluation;
import dev.hindcast.offlinerl.algorithm.Iql;
import dev.hindcast.offlinerl.algorithm.PolicyForm;
import dev.hindcast.training.algorithm.Distribution;
import dev.hindcast.training.algorithm.TrainSettings;
import dev.hindcast.training.learner.Device;
import dev.hindcast.training.tracking.Tracking;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class TrainConfigTest {
  @Test
  void defaultsAreThoseOfTheRecords() {
    TrainConfig config = read("train: {algorithms: [behavior-cloning, iql, fitted-q-evaluation]}");
    assertThat(config.plans())
        .extracting(TrainConfig.Plan::label)
        .containsExactly("behavior-cloning", "iql", "fitted-q-evaluation");
    assertThat(config.plans())
        .extracting(TrainConfig.Plan::options)
        .containsExactly(
            BehaviorCloning.Config.DEFAULT, Iql.Config.DEFAULT, FittedQEvaluation.Config.DEFAULT);
    assertThat(config.plans())
        .allMatch(plan -> plan.settings().equals(TrainSettings.DEFAULT))
        .allMatch(plan -> plan.of().isEmpty());
    assertThat(config.tracking()).isEmpty();
  }

  @Test
  void everyKeyIsRead() {
    TrainConfig config =
        read(
            """
            name: x
            discount: 1
            policies: [{name: first, constant: 0}]
            train:
              seeds: 2
              updates: 500
              batch-size: 64
              checkpoint-every: 50
              metrics-every: 10
              device: cpu
              hidden: [64, 32]
              embedding-width: 8
              reward-scale: 0.5
              reward-shift: -1
              demonstration-share: 0.25
              alarms: false
              tensorboard: false
              snapshots: 3
              distribution: {shards: 1, local-updates: 100}
              tracking: {mlflow: "http://host:5000", experiment: beds}
              algorithms:
                - {name: iql, as: sharp, expectile: 0.9, inverse-temperature: 30, policy: deterministic, learning-rate: 0.001, polyak: 0.01, updates: 700}
                - {name: behavior-cloning, learning-rate: 0.002}
                - {name: fitted-q-evaluation, of: [first, sharp, sharp-seed1, uniform], learning-rate: 0.003, polyak: 0.1, seeds: 1}
            """);
    TrainSettings shared =
        new TrainSettings(
            2,
            500,
            64,
            50,
            10,
            Device.CPU,
            List.of(64, 32),
            8,
            0.5,
            -1,
            0.25,
            false,
            false,
            3,
            new Distribution(1, 100));
    TrainConfig.Plan sharp = config.plans().get(0);
    assertThat(sharp.label()).isEqualTo("sharp");
    assertThat(sharp.options())
        .isEqualTo(new Iql.Config(0.9, 30, PolicyForm.DETERMINISTIC, 0.001, 0.01));
    assertThat(sharp.settings())
        .isEqualTo(
            new TrainSettings(
                2,
                700,
                64,
                50,
                10,
                Device.CPU,
                List.of(64, 32),
                8,
                0.5,
                -1,
                0.25,
                false,
                false,
                3,
                new Distribution(1, 100)));
    assertThat(config.plans().get(1).options())
        .isEqualTo(new BehaviorCloning.Config(PolicyForm.GAUSSIAN, 0.002));
    assertThat(config.plans().get(1).settings()).isEqualTo(shared);
    TrainConfig.Plan evaluation = config.plans().get(2);
    assertThat(evaluation.options()).isEqualTo(new FittedQEvaluation.Config(0.003, 0.1));
    assertThat(evaluation.settings().seeds()).isEqualTo(1);
    assertThat(evaluation.of())
        .extracting(PolicySpec::name)
        .containsExactly("first", "sharp", "sharp-seed1", "uniform");
    assertThat(config.pipeline().discount()).isEqualTo(1);
    assertThat(config.tracking()).contains(new Tracking(URI.create("http://host:5000"), "beds"));
  }

  @Test
  void everyMistakeIsNamedAtOnce() {
    assertThatThrownBy(
            () ->
                read(
                    """
                    train:
                      updats: 5
                      seeds: 0
                      algorithms:
                        - igl
                        - {name: iql, expectle: 0.8}
                        - {name: behavior-cloning, learning-rate: -1}
                        - behavior-cloning
                        - {name: fitted-q-evaluation, of: [logged, iq1]}
                    """))
        .hasMessageContaining("there is no algorithm 'igl'. Did you mean iql?")
        .hasMessageContaining("seeds is 0")
        .hasMessageContaining("train.updats in test.yaml line 2. Did you mean train.updates?")
        .hasMessageContaining("Did you mean train.algorithms.1.expectile?")
        .hasMessageContaining("learning-rate is -1")
        .hasMessageContaining("a second 'behavior-cloning'")
        .hasMessageContaining("logged has no probabilities")
        .hasMessageContaining("there is no policy 'iq1'. Did you mean iql?");
  }

  @Test
  void trainingNothingIsAMistake() {
    assertThatThrownBy(() -> read("train: {updates: 5}"))
        .hasMessageContaining("names no algorithms");
  }

  @Test
  void algorithmsThatNeedFreshEpisodesAreRefusedInWords() {
    assertThatThrownBy(
            () -> read("train: {algorithms: [{name: hybrid-policy-gradient, price: 2}]}"))
        .hasMessageContaining("hybrid-policy-gradient needs fresh interactions")
        .hasMessageContaining("Train it in a stream")
        .hasMessageNotContaining("there is no algorithm");
  }

  private static TrainConfig read(String yaml) {
    ConfigDocument document = ConfigDocument.parse("test.yaml", Path.of("."), yaml, List.of());
    TrainConfig config = TrainConfig.from(document.root(), Algorithms.catalogue());
    document.finish();
    return config;
  }
}
