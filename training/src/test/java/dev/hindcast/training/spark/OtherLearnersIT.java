package dev.hindcast.training.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hindcast.core.config.ConfigDocument;
import dev.hindcast.core.data.Split;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.policy.Bundle;
import dev.hindcast.core.policy.BundleLoader;
import dev.hindcast.core.world.ChainMdp;
import dev.hindcast.core.world.TabularMdp;
import dev.hindcast.core.world.TabularPolicy;
import dev.hindcast.dataset.ArtefactWriter.Existing;
import dev.hindcast.dataset.Dataset;
import dev.hindcast.dataset.DatasetWriter;
import dev.hindcast.training.algorithm.ActionShares;
import dev.hindcast.training.algorithm.Catalogue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The job trains what is no network: the rest of what it does is tested with networks. */
class OtherLearnersIT {
  private static final TabularMdp CHAIN = ChainMdp.slippery(4, 0.1);
  private static final Catalogue CATALOGUE = new Catalogue(List.of(new ActionShares()), List.of());
  private static final BundleLoader LOADER = new BundleLoader(List.of(new ActionShares.Format()));

  private static SparkSession spark;
  @TempDir private static Path folder;

  @BeforeAll
  static void start() {
    spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.host", "localhost")
            .getOrCreate();
    TransitionColumns log = CHAIN.log(TabularPolicy.uniform(CHAIN), 200, 50, 1);
    DatasetWriter.write(folder.resolve("chain").toString(), "chain", Split.DEFAULT, log);
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  @Test
  void trainsFromConfigToBundleBySettingsOfItsOwn() throws IOException {
    List<String> said = new CopyOnWriteArrayList<>();
    String algorithms = "algorithms: [{name: action-shares, rounds: 20, snapshots: 2}]";
    Dataset chain = chain();
    List<TrainJob.Trained> trained =
        train("train: {updates: 500, hidden: [8], " + algorithms + "}", said);
    assertThat(trained).singleElement().matches(bundle -> !bundle.alreadyThere());
    TransitionColumns data = chain.read(Split.Part.TRAINING);
    Path bundle = folder.resolve("out/action-shares-seed0");
    Bundle loaded = LOADER.load(bundle);
    assertThat(loaded.manifest().updates()).isEqualTo(20);
    assertThat(loaded.manifest().metrics())
        .containsEntry("counted", 20.0 * data.rows())
        .containsEntry("steps", (double) data.rows());
    long zeros = 0;
    for (int row = 0; row < data.rows(); row++) {
      zeros += data.action(row) == 0 ? 1 : 0;
    }
    assertThat(
            loaded
                .policy()
                .orElseThrow()
                .categorical(data.decisionsAt(new int[] {0}))
                .probabilities()[0])
        .isEqualTo((double) zeros / data.rows());
    assertThat(loaded.manifest().provenance().config().has("rounds")).isTrue();
    assertThat(loaded.manifest().provenance().config().has("hidden")).isFalse();
    assertThat(loaded.manifest().provenance().config().has("updates")).isFalse();
    assertThat(bundle.resolve("snapshots/18")).exists();
    assertThat(Files.readAllBytes(bundle.resolve("snapshots/20")))
        .isNotEqualTo(Files.readAllBytes(bundle.resolve("snapshots/18")));
    assertThat(Files.readString(bundle.resolve("model-card.md")))
        .contains("- 20 rounds, seed 0", "new BundleLoader(List.of(SHARES)).load(folder)");
    assertThat(Files.readString(bundle.resolve("metrics.jsonl")).lines()).hasSize(20);
    // what means nothing to it makes no other bundle
    assertThat(train("train: {updates: 900, hidden: [9], " + algorithms + "}", said))
        .singleElement()
        .matches(TrainJob.Trained::alreadyThere);
  }

  @Test
  void settingsThatMeanNothingToItAreRefusedWhereTheyAreMeantForIt() {
    assertThatThrownBy(
            () ->
                read(
                    """
                    train:
                      updates: 500
                      algorithms:
                        - {name: action-shares, updates: 100}
                        - {name: action-shares, as: b, sweep: {hidden: [[8], [9]]}}
                    """))
        .hasMessageContaining(
            "train.algorithms.0.updates in test.yaml line 4: means nothing to action-shares: it counts in rounds, so set rounds.")
        .hasMessageContaining("'hidden' is no setting of this entry.");
  }

  @Test
  void roundsOverShardsAreRefusedWhereWhatIsLearnedHasNoMean() {
    assertThatThrownBy(
            () -> read("train: {distribution: {shards: 4}, algorithms: [action-shares]}"))
        .hasMessageContaining("action-shares cannot be trained in 4 shards")
        .hasMessageContaining("has no mean. Set distribution: {shards: 1} in this entry");
  }

  @Test
  void earlyStoppingNeedsAJudge() {
    assertThatThrownBy(
            () ->
                read(
                    "train: {algorithms: [{name: action-shares, sweep: {rounds: [1, 2]}, early-stopping: {rungs: [0.5]}}]}"))
        .hasMessageContaining("needs an algorithm that values policies");
  }

  private static List<TrainJob.Trained> train(String yaml, List<String> said) {
    return TrainJob.run(
        spark,
        read("discount: 0.9\n" + yaml),
        chain(),
        folder.resolve("out").toString(),
        LOADER,
        Existing.REFUSE,
        said::add);
  }

  private static Dataset chain() {
    return Dataset.open(folder.resolve("chain").toString());
  }

  private static TrainConfig read(String yaml) {
    ConfigDocument document = ConfigDocument.parse("test.yaml", folder, yaml, List.of());
    TrainConfig config = TrainConfig.from(document.root(), CATALOGUE);
    document.finish();
    return config;
  }
}
