package dev.hindcast.evaluation.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.core.artefact.CodeVersion;
import dev.hindcast.core.artefact.Provenance;
import dev.hindcast.core.config.ConfigDocument;
import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.Split;
import dev.hindcast.core.policy.BundleManifest;
import dev.hindcast.core.report.EvaluationReport;
import dev.hindcast.core.world.ChainMdp;
import dev.hindcast.core.world.TabularMdp;
import dev.hindcast.core.world.TabularPolicy;
import dev.hindcast.dataset.ArtefactWriter.Existing;
import dev.hindcast.dataset.Dataset;
import dev.hindcast.dataset.DatasetWriter;
import dev.hindcast.evaluation.Evaluation;
import dev.hindcast.evaluation.Fixture;
import dev.hindcast.evaluation.LinearBundles;
import dev.hindcast.evaluation.TableBundles;
import dev.hindcast.evaluation.plan.EvaluateConfig;
import dev.hindcast.evaluation.plan.EvaluationPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluateJobIT {
  private static final String YAML =
      """
      name: chain
      discount: 0.9
      evaluate: {split: all, policies: [logged, uniform], replicates: 200, segments: [state]}
      """;

  private static SparkSession spark;
  @TempDir Path folder;

  @BeforeAll
  static void start() {
    start(2);
  }

  private static void start(int partitions) {
    spark =
        SparkSession.builder()
            .master("local[" + partitions + "]")
            .config("spark.ui.enabled", "false")
            .config("spark.default.parallelism", partitions)
            .config("spark.sql.shuffle.partitions", partitions)
            .getOrCreate();
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  private EvaluationReport run(
      Fixture fixture, String yaml, List<String> bundles, String output, List<String> told) {
    return EvaluateJob.run(
        spark,
        fixture.config(yaml),
        fixture.dataset(),
        bundles,
        TableBundles.loader(),
        folder.resolve(output).toString(),
        Existing.REFUSE,
        told::add);
  }

  private Fixture fixture() {
    TabularMdp world = ChainMdp.slippery(3, 0.1);
    return Fixture.of(folder, world, world.log(TabularPolicy.uniform(world), 400, 1000, 1), 0.5);
  }

  @Test
  void jobSaysWhatALoopSaysAndTwiceTheSameBytes() throws IOException {
    Fixture fixture = fixture();
    TabularPolicy best =
        fixture.world().optimal(0.9).mixedWith(TabularPolicy.uniform(fixture.world()), 0.5);
    List<String> bundles =
        List.of(fixture.policy("better", best), fixture.exactQ("better", best, 0.9));
    List<String> told = new ArrayList<>();
    EvaluationReport report = run(fixture, YAML, bundles, "once", told);
    assertThat(report).isEqualTo(fixture.evaluate(YAML, bundles));
    assertThat(told).contains("Evaluating 3 policies with 200 bootstrap replicates");

    run(fixture, YAML, bundles, "twice", told);
    for (String file : List.of("report.json", "report.html", "manifest.json")) {
      assertThat(folder.resolve("twice").resolve(file))
          .hasSameBinaryContentAs(folder.resolve("once").resolve(file));
    }
    byte[] json = Files.readAllBytes(folder.resolve("once/report.json"));
    assertThat(CanonicalJson.bytes(CanonicalJson.read(json, EvaluationReport.class)))
        .isEqualTo(json);
    assertThat(
            CanonicalJson.tree(Files.readAllBytes(folder.resolve("once/manifest.json")))
                .path("kind")
                .asText())
        .isEqualTo("report");
    assertThat(new String(json, java.nio.charset.StandardCharsets.UTF_8))
        .doesNotContain("NaN", "Infinity", folder.toString());
  }

  @Test
  void noBitDependsOnHowManyTasksOrPartitionsThereAre() throws IOException {
    TabularMdp world = ChainMdp.slippery(3, 0.1);
    String place = folder.resolve("files").toString();
    DatasetWriter.write(
        place,
        Existing.REFUSE,
        "world",
        new Split(0.5, "test"),
        world.log(TabularPolicy.uniform(world), 400, 1000, 1),
        new Provenance(List.of(), JsonNodeFactory.instance.objectNode(), 0, CodeVersion.current()),
        70);
    Fixture fixture = new Fixture(folder, world, Dataset.open(place));
    List<String> bundles = List.of(fixture.policy("best", world.optimal(0.9)));
    run(fixture, YAML, bundles, "two", new ArrayList<>());
    for (int partitions : new int[] {1, 7, 64}) {
      stop();
      start(partitions);
      String output = "with-" + partitions;
      run(fixture, YAML, bundles, output, new ArrayList<>());
      assertThat(folder.resolve(output).resolve("report.json"))
          .hasSameBinaryContentAs(folder.resolve("two/report.json"));
    }
    stop();
    start();
  }

  /** In a box, with a bandwidth that the training part chooses and a policy's own log. */
  @Test
  void certainPolicyIsWeighedAsALoopWeighsIt() {
    Path place = folder.resolve("points");
    DatasetWriter.write(
        place.toString(),
        "points",
        new Split(0.5, "test"),
        LinearBundles.WORLD.log(LinearBundles.WORLD.clumsy(), 600, 1));
    DatasetWriter.write(
        folder.resolve("own").toString(),
        "own",
        new Split(0.5, "test"),
        LinearBundles.WORLD.log(LinearBundles.WORLD.clumsy(), 300, 2));
    Dataset dataset = Dataset.open(place.toString());
    String policy =
        LinearBundles.publish(
            folder, "certain", BundleManifest.POLICY, 0, Optional.empty(), dataset.manifest());
    ConfigDocument document =
        ConfigDocument.parse(
            "test.yaml",
            folder,
            "{name: point, discount: 0.9, evaluate: {replicates: 100, smoothing: auto, back-test: {certain: own}}}",
            List.of());
    EvaluateConfig config = EvaluateConfig.from(document.root());
    List<String> told = new ArrayList<>();
    EvaluationReport report =
        EvaluateJob.run(
            spark,
            config,
            dataset,
            List.of(policy),
            LinearBundles.loader(),
            folder.resolve("smoothed").toString(),
            Existing.REFUSE,
            told::add);
    EvaluationReport loop =
        Evaluation.of(
            EvaluationPlan.of(config, dataset.manifest(), List.of(policy), LinearBundles.loader()),
            dataset.files(Split.Part.HELD_OUT).stream().map(dataset::read).toList(),
            dataset.files(Split.Part.TRAINING).stream().map(dataset::read).toList());
    assertThat(report).isEqualTo(loop);
    assertThat(report.backTest()).isPresent();
    assertThat(told)
        .contains(
            "Choosing how far kernels around certain actions reach",
            "Reading what certain earned in its own log");
  }

  @Test
  void nothingIsLeftBehindWhenSomethingDoesNotFit() {
    Fixture fixture = fixture();
    assertThatThrownBy(
            () ->
                run(
                    fixture,
                    YAML.replace("}", ", incumbent: nobody}"),
                    List.of(),
                    "no",
                    new ArrayList<>()))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("Cannot compare with incumbent nobody");
    String weights = "reward-weights: {click: 1}\n" + YAML;
    assertThatThrownBy(() -> run(fixture, weights, List.of(), "no", new ArrayList<>()))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("reward-weights.click: its reward is one column");
    assertThat(folder.resolve("no")).doesNotExist();
  }

  @Test
  void reportThatIsThereIsNotOverwritten() {
    Fixture fixture = fixture();
    run(fixture, YAML, List.of(), "there", new ArrayList<>());
    assertThatThrownBy(() -> run(fixture, YAML, List.of(), "there", new ArrayList<>()))
        .isInstanceOf(UserError.class)
        .extracting(e -> ((UserError) e).kind())
        .isEqualTo(UserError.Kind.CONFLICT);
  }
}
