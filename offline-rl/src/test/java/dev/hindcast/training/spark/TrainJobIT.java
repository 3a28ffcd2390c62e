package dev.hindcast.training.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hindcast.core.artefact.ArtefactFile;
import dev.hindcast.core.config.ConfigDocument;
import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.Decisions;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.core.data.Split;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.policy.Bundle;
import dev.hindcast.core.policy.BundleLoader;
import dev.hindcast.core.policy.Policy;
import dev.hindcast.core.policy.QFunction;
import dev.hindcast.core.world.ChainMdp;
import dev.hindcast.core.world.TabularMdp;
import dev.hindcast.core.world.TabularPolicy;
import dev.hindcast.core.world.TwoArmedBandit;
import dev.hindcast.dataset.ArtefactWriter.Existing;
import dev.hindcast.dataset.Dataset;
import dev.hindcast.dataset.DatasetWriter;
import dev.hindcast.offlinerl.algorithm.Algorithms;
import dev.hindcast.offlinerl.bundle.NeuralBundleFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainJobIT {
  private static final TabularMdp CHAIN = ChainMdp.slippery(4, 0.1);
  private static final BundleLoader LOADER = new BundleLoader(List.of(new NeuralBundleFormat()));
  private static final String CONFIG =
      """
      name: chain
      discount: 0.9
      policies: [{name: right, constant: 1}]
      train:
        updates: 60
        batch-size: 32
        hidden: [16]
        checkpoint-every: 20
        metrics-every: 20
        device: cpu
        algorithms:
          - {name: iql, learning-rate: 0.01, seeds: 2}
          - behavior-cloning
          - {name: fitted-q-evaluation, of: [right, iql]}
      """;

  private static SparkSession spark;
  @TempDir private static Path data;
  @TempDir private Path folder;

  private final List<String> said = new CopyOnWriteArrayList<>();

  @BeforeAll
  static void start() {
    spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.host", "localhost")
            .config("spark.executor.heartbeatInterval", "1s")
            .getOrCreate();
    TransitionColumns log = CHAIN.log(TabularPolicy.uniform(CHAIN), 200, 50, 1);
    DatasetWriter.write(data.resolve("chain").toString(), "chain", Split.DEFAULT, log);
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  @Test
  void trainsPoliciesThenEvaluatesThem() {
    List<TrainJob.Trained> trained = run(CONFIG, chain(), "out", Existing.REFUSE);
    assertThat(trained)
        .extracting(bundle -> bundle.manifest().name())
        .containsExactly(
            "iql-seed0",
            "iql-seed1",
            "behavior-cloning-seed0",
            "fitted-q-evaluation-of-right-seed0",
            "fitted-q-evaluation-of-iql-seed0-seed0",
            "fitted-q-evaluation-of-iql-seed1-seed0");
    assertThat(trained).noneMatch(TrainJob.Trained::alreadyThere);
    assertThat(said).contains("iql-seed0: done", "behavior-cloning-seed0: done");
    assertThat(said)
        .filteredOn(line -> line.startsWith("warning:"))
        .extracting(line -> line.replaceFirst(" at about .*", ""))
        .containsExactly(
            "warning: iql: 60 updates will leave its values",
            "warning: fitted-q-evaluation: 60 updates will leave its values");
    assertThat(folder.resolve("out/.checkpoints")).doesNotExist();

    Bundle policy = LOADER.load(folder.resolve("out/iql-seed1"));
    assertThat(policy.policy()).isPresent();
    assertThat(policy.manifest().provenance().seed()).isEqualTo(1);
    assertThat(policy.manifest().dataset()).contains(chain().fingerprint());
    assertThat(policy.manifest().provenance().config().path("expectile").asDouble()).isEqualTo(0.7);
    assertThat(policy.manifest().provenance().config().path("batch_size").asInt()).isEqualTo(32);
    assertThat(policy.manifest().metrics()).containsKeys("critic_loss", "steps");
    Bundle values = LOADER.load(folder.resolve("out/fitted-q-evaluation-of-iql-seed1-seed0"));
    assertThat(values.qFunction()).isPresent();
    assertThat(values.manifest().evaluates().orElseThrow().fingerprint())
        .isEqualTo(policy.manifest().fingerprint());
    assertThat(values.manifest().provenance().inputs())
        .extracting(input -> input.role())
        .containsExactly("dataset", "policy");
  }

  @Test
  void sameConfigAndSeedTwiceGiveTheSameBytes() throws IOException {
    run(CONFIG, chain(), "one", Existing.REFUSE);
    run(CONFIG, chain(), "two", Existing.REFUSE);
    List<Path> files = files(folder.resolve("one"));
    assertThat(files).hasSize(6 * 7).isEqualTo(files(folder.resolve("two")));
    for (Path file : files) {
      assertThat(folder.resolve("two").resolve(file))
          .hasSameBinaryContentAs(folder.resolve("one").resolve(file));
    }
  }

  /** The points that learn nothing (a rate of nearly zero) are the hopeless ones. */
  @Test
  void hopelessPointsStopAtTheirRungAndTheOthersEndAsIfNeverJudged() throws IOException {
    String sweep =
        CONFIG
            .replace("updates: 60", "updates: 400")
            .replace(
                "{name: iql, learning-rate: 0.01, seeds: 2}",
                "{name: iql, seeds: 2, sweep: {learning-rate: [0.000000001, 0.01, 0.00000001]}}")
            .replace("of: [right, iql]", "of: [iql], updates: 60");
    String stopping =
        sweep.replace(
            "0.00000001]}",
            "0.00000001]}, early-stopping: {rungs: [0.3, 0.6], keep: 0.4, judge-updates: 1500}");
    List<TrainJob.Trained> trained = run(stopping, chain(), "stopped", Existing.REFUSE);
    assertThat(trained)
        .extracting(bundle -> bundle.manifest().name())
        .containsExactly(
            "iql-learning-rate-0.01-seed0",
            "iql-learning-rate-0.01-seed1",
            "behavior-cloning-seed0",
            "fitted-q-evaluation-of-iql-learning-rate-0.01-seed0-seed0",
            "fitted-q-evaluation-of-iql-learning-rate-0.01-seed1-seed0");
    assertThat(said)
        .contains(
            "iql: after 30 % of the updates 2 of 3 points go on",
            "iql: after 60 % of the updates 1 of 2 points go on");
    assertThat(folder.resolve("stopped/sweep-iql.json"))
        .content()
        .contains("\"kept\" : [ \"iql-learning-rate-0.01\" ]", "\"iql-learning-rate-0.000000001\"");
    run(sweep, chain(), "whole", Existing.REFUSE);
    for (String bundle : List.of("seed0", "seed1")) {
      String file = "iql-learning-rate-0.01-" + bundle + "/weights.safetensors";
      assertThat(folder.resolve("stopped").resolve(file))
          .hasSameBinaryContentAs(folder.resolve("whole").resolve(file));
    }
    said.clear();
    assertThat(run(stopping, chain(), "stopped", Existing.REFUSE))
        .hasSize(5)
        .allMatch(TrainJob.Trained::alreadyThere);
    assertThat(said).noneMatch(line -> line.contains("go on"));
  }

  @Test
  void finishedBundlesAreKeptAndMissingOnesMade() throws IOException {
    run(CONFIG, chain(), "out", Existing.REFUSE);
    Files.delete(folder.resolve("out/behavior-cloning-seed0/manifest.json"));
    try (Stream<Path> left = Files.list(folder.resolve("out/behavior-cloning-seed0"))) {
      for (Path file : left.toList()) {
        Files.delete(file);
      }
    }
    List<TrainJob.Trained> again = run(CONFIG, chain(), "out", Existing.REFUSE);
    assertThat(again)
        .filteredOn(bundle -> !bundle.alreadyThere())
        .singleElement()
        .extracting(bundle -> bundle.manifest().name())
        .isEqualTo("behavior-cloning-seed0");
    assertThat(said).contains("iql-seed0: already there");
  }

  @Test
  void bundleOfAnotherConfigIsAConflictUnlessReplaced() {
    run(CONFIG, chain(), "out", Existing.REFUSE);
    String changed = CONFIG.replace("updates: 60", "updates: 80");
    assertThatThrownBy(() -> run(changed, chain(), "out", Existing.REFUSE))
        .isInstanceOfSatisfying(
            UserError.class, e -> assertThat(e.kind()).isEqualTo(UserError.Kind.CONFLICT))
        .hasMessageContaining("Cannot train iql-seed0")
        .hasMessageContaining("another config, dataset, seed or build");
    List<TrainJob.Trained> replaced = run(changed, chain(), "out", Existing.REPLACE);
    assertThat(replaced).noneMatch(TrainJob.Trained::alreadyThere);
    assertThat(replaced).allMatch(bundle -> bundle.manifest().updates() == 80);
  }

  @Test
  void oneStepEpisodesNeedOneRewardModelForAllPolicies() {
    TabularMdp world = TwoArmedBandit.paying(0.2, 0.7);
    TransitionColumns log = world.log(TabularPolicy.uniform(world), 300, 1, 1);
    String place = folder.resolve("bandit").toString();
    DatasetWriter.write(place, "bandit", Split.DEFAULT, log);
    List<TrainJob.Trained> trained = run(CONFIG, Dataset.open(place), "out", Existing.REFUSE);
    assertThat(trained)
        .extracting(bundle -> bundle.manifest().name())
        .containsExactly(
            "iql-seed0", "iql-seed1", "behavior-cloning-seed0", "fitted-q-evaluation-seed0");
    assertThat(trained.get(3).manifest().evaluates()).isEmpty();
  }

  @Test
  void trialThatStopsIsNamedAndTheOthersAreFinished() {
    String wild =
        CONFIG.replace("of: [right, iql]", "of: [right], learning-rate: 100000, polyak: 1");
    assertThatThrownBy(() -> run(wild, chain(), "out", Existing.REFUSE))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("Stopped training fitted-q-evaluation-of-right-seed0 at update")
        .hasMessageContaining("it predicts a return of");
    assertThat(LOADER.load(folder.resolve("out/iql-seed0")).policy()).isPresent();
    assertThat(folder.resolve("out/fitted-q-evaluation-of-right-seed0/manifest.json"))
        .doesNotExist();
  }

  @Test
  void continuousPoliciesAreTrainedEvaluatedAndKeptOnTheWay() {
    List<TrainJob.Trained> trained =
        run(
            """
            name: box
            train:
              updates: 20
              batch-size: 16
              hidden: [8]
              device: cpu
              snapshots: 3
              algorithms: [iql, td3-bc, fitted-q-evaluation]
            """,
            box(),
            "out",
            Existing.REFUSE);
    assertThat(trained)
        .extracting(bundle -> bundle.manifest().name())
        .containsExactly(
            "iql-seed0",
            "td3-bc-seed0",
            "fitted-q-evaluation-of-iql-seed0-seed0",
            "fitted-q-evaluation-of-td3-bc-seed0-seed0");
    assertThat(trained.get(0).manifest().files())
        .extracting(ArtefactFile::path)
        .contains("snapshots/16/model.onnx", "snapshots/18/model.onnx", "snapshots/20/model.onnx");
    Decisions one =
        new Decisions(1, new float[] {0.5f}, new int[0], new boolean[0], new String[1], new int[1]);
    for (String name : List.of("iql-seed0", "td3-bc-seed0")) {
      Policy policy = LOADER.load(folder.resolve("out").resolve(name)).policy().orElseThrow();
      assertThat(policy.continuous(one).hasDensity()).isEqualTo(name.startsWith("iql"));
      assertThat(policy.continuous(one).modes()[0]).isBetween(-2f, 2f);
    }
    QFunction values =
        LOADER
            .load(folder.resolve("out/fitted-q-evaluation-of-iql-seed0-seed0"))
            .qFunction()
            .orElseThrow();
    assertThat(values.values(one, new float[] {1})[0]).isFinite();
  }

  @Test
  void wrongKindOfActionsIsRefusedInWords() {
    assertThatThrownBy(
            () ->
                run(
                    "name: box\ntrain: {algorithms: [discrete-cql]}",
                    box(),
                    "out",
                    Existing.REFUSE))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("Cannot train discrete-cql: it is for discrete actions")
        .hasMessageContaining("a box of 1 continuous actions");
    assertThatThrownBy(() -> run(CONFIG, box(), "out", Existing.REFUSE))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("Cannot use policy right: the dataset has a box of 1")
        .hasMessageContaining("Name policies that were trained on it");
  }

  private Dataset box() {
    var builder =
        new TransitionColumns.Builder(
            ObservationSpace.ofNumbers(1),
            new ActionSpace.Box(List.of(-2f), List.of(2f)),
            false,
            false);
    for (int i = 0; i < 40; i++) {
      float action = (i % 5 - 2) * 0.8f;
      builder
          .beginEpisode("e" + i)
          .addBoxStep(new float[] {i % 7}, new int[0], new float[] {action}, action, 1)
          .addBoxStep(new float[] {i % 3}, new int[0], new float[] {-action}, 0, 1)
          .endEpisode(true);
    }
    String place = folder.resolve("box").toString();
    if (!Files.exists(Path.of(place))) {
      DatasetWriter.write(place, "box", Split.DEFAULT, builder.build());
    }
    return Dataset.open(place);
  }

  @Test
  void checkpointsAreReplacedAndRemoved() {
    String output = folder.resolve("out").toString();
    FolderCheckpoints store = FolderCheckpoints.of(output, "t");
    assertThat(store.latest()).isEmpty();
    store.save(5, new byte[] {1});
    store.save(10, new byte[] {2});
    assertThat(store.latest().orElseThrow()).containsExactly(2);
    store.remove();
    assertThat(store.latest()).isEmpty();
    FolderCheckpoints.removeAll(output);
    assertThat(folder.resolve("out/.checkpoints")).doesNotExist();
  }

  private List<TrainJob.Trained> run(
      String yaml, Dataset dataset, String output, Existing existing) {
    ConfigDocument document = ConfigDocument.parse("test.yaml", folder, yaml, List.of());
    TrainConfig config = TrainConfig.from(document.root(), Algorithms.catalogue());
    document.finish();
    return TrainJob.run(
        spark, config, dataset, folder.resolve(output).toString(), LOADER, existing, said::add);
  }

  private static Dataset chain() {
    return Dataset.open(data.resolve("chain").toString());
  }

  private static List<Path> files(Path root) throws IOException {
    try (Stream<Path> found = Files.walk(root)) {
      return found
          .filter(Files::isRegularFile)
          .filter(file -> !file.getFileName().toString().endsWith(".crc"))
          .map(root::relativize)
          .sorted()
          .toList();
    }
  }
}
