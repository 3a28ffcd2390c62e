package dev.hindcast.training.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.hindcast.core.artefact.CodeVersion;
import dev.hindcast.core.artefact.Provenance;
import dev.hindcast.core.config.ConfigDocument;
import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.Split;
import dev.hindcast.core.data.TransitionColumns;
import dev.hindcast.core.policy.BundleLoader;
import dev.hindcast.core.policy.BundleManifest;
import dev.hindcast.core.world.PointMass;
import dev.hindcast.dataset.ArtefactWriter.Existing;
import dev.hindcast.dataset.Dataset;
import dev.hindcast.dataset.DatasetWriter;
import dev.hindcast.gbrl.algorithm.TreeAlgorithms;
import dev.hindcast.gbrl.bundle.TreeBundleFormat;
import dev.hindcast.training.contract.Course;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trees from data in parts, on executors in processes of their own. */
class SpreadingIT {
  private static final BundleLoader LOADER = new BundleLoader(TreeBundleFormat.all());
  private static final String TRAIN =
      """
      name: course
      discount: 0.9
      train:
        distribution: {shards: SHARDS}
        snapshots: 2
        algorithms:
          - {name: advantage-weighted-trees, values: {rounds: 1200}, policy: {rounds: 200}}
      """;

  private static SparkSession spark;
  @TempDir private static Path folder;

  private final List<String> said = new CopyOnWriteArrayList<>();

  @BeforeAll
  static void start() throws IOException {
    // executors take the classes of this test, so the distribution may be an empty one
    Files.createDirectories(Path.of(System.getenv("SPARK_HOME"), "jars"));
    spark =
        SparkSession.builder()
            .master("local-cluster[2,1,1024]")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.host", "localhost")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.executor.extraClassPath", System.getProperty("java.class.path"))
            .config("spark.executor.heartbeatInterval", "1s")
            .getOrCreate();
    write("chain", new Course.Chain().log());
    PointMass world = new PointMass(1, 10);
    write("point", world.log(world.clumsy(), 300, 3));
  }

  private static void write(String name, TransitionColumns log) {
    DatasetWriter.write(
        folder.resolve(name).toString(),
        Existing.REFUSE,
        name,
        Split.DEFAULT,
        log,
        new Provenance(List.of(), JsonNodeFactory.instance.objectNode(), 0, CodeVersion.current()),
        3);
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  @Test
  void twoExecutorsLearnTheSameBitsAsOne() throws IOException {
    for (String data : List.of("chain", "point")) {
      String hurried = TRAIN.replace("1200", "60").replace("rounds: 200", "rounds: 40");
      run(hurried.replace("SHARDS", "1"), data, data + "-one", line -> {});
      run(hurried.replace("SHARDS", "2"), data, data + "-two", line -> {});
      assertSameTrees(data + "-two", data + "-one");
      assertThat(manifest(data + "-two").provenance())
          .isEqualTo(manifest(data + "-one").provenance());
      assertThat(manifest(data + "-two").metrics().get("steps"))
          .isEqualTo(manifest(data + "-one").metrics().get("steps"));
    }
  }

  @Test
  void trainingOfALostExecutorGoesOnFromItsCheckpointToTheSameBits() throws IOException {
    String two = TRAIN.replace("SHARDS", "2");
    run(two, "chain", "undisturbed", line -> {});
    Killer killer = new Killer(folder.resolve("disturbed/.checkpoints"));
    run(two, "chain", "disturbed", killer);
    assertThat(killer.killed).isEqualTo(1);
    assertThat(said).anyMatch(line -> line.contains("going on after"));
    assertSameTrees("disturbed", "undisturbed");
    Path bundle = Path.of("advantage-weighted-trees-seed0");
    assertThat(folder.resolve("disturbed").resolve(bundle).resolve("metrics.jsonl"))
        .hasSameBinaryContentAs(
            folder.resolve("undisturbed").resolve(bundle).resolve("metrics.jsonl"));
  }

  @Test
  void whatOneMemberOrAllOfThemRefuseIsToldAsItIs() throws IOException {
    String two = TRAIN.replace("SHARDS", "2");
    write("damaged", new Course.Chain().log());
    List<String> files = dataset("damaged").files(Split.Part.TRAINING);
    Files.writeString(folder.resolve("damaged").resolve(files.get(2)), "no data");
    assertThatThrownBy(() -> run(two, "damaged", "of-damaged", line -> {}))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(files.get(2) + " is not the file that was published");
    String enormous = two.replace("snapshots: 2", "reward-scale: 1e300");
    assertThatThrownBy(() -> run(enormous, "chain", "of-enormous", line -> {}))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("Stopped training advantage-weighted-trees-seed0 at update 1 ");
    assertThatThrownBy(() -> run(TRAIN.replace("SHARDS", "3"), "chain", "three", line -> {}))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "Cannot train advantage-weighted-trees-seed0 in 3 shards: all of them are trained at the same time, and Spark has place for 2 tasks. Give it more executors, or lower train.distribution.shards.");
  }

  @Test
  void sizeDecidesWhereNobodyDoes() {
    TrainConfig config = config(TRAIN.replace("SHARDS", "0"));
    Dataset dataset = dataset("chain");
    Trial trial = new Trials(config, dataset).ofPolicies(config.plans().get(0)).get(0);
    long needed = dataset.manifest().part(Split.Part.TRAINING).transitions() * 12;
    assertThat(new Places(8, 1, 2, 2 * needed, false).members(trial, dataset, said::add)).isOne();
    assertThat(said).isEmpty();
    assertThat(new Places(8, 1, 2, 2 * needed - 2, true).members(trial, dataset, said::add))
        .isOne();
    assertThat(new Places(8, 1, 2, 2 * needed - 2, false).members(trial, dataset, said::add))
        .isEqualTo(2);
    assertThat(said)
        .singleElement()
        .asString()
        .contains("seed0: training on 2 executors as one: its data takes about")
        .doesNotContain("too little");
    assertThat(new Places(8, 1, 2, needed / 100, false).members(trial, dataset, said::add))
        .isEqualTo(3);
    assertThat(said.get(1)).contains("that is still too little");
    assertThat(Places.of(JavaSparkContext.fromSparkContext(spark.sparkContext())))
        .isEqualTo(new Places(2, 1, 1, 1L << 30, false));
  }

  /** Kills one executor process, once, when the first checkpoint is there. */
  private static final class Killer implements Consumer<String> {
    private final Path checkpoints;
    private final long pid = anExecutor();
    private int killed;

    Killer(Path checkpoints) {
      this.checkpoints = checkpoints;
    }

    private static long anExecutor() {
      return JavaSparkContext.fromSparkContext(spark.sparkContext())
          .parallelize(List.of(1), 1)
          .map(any -> ProcessHandle.current().pid())
          .first();
    }

    @Override
    public synchronized void accept(String line) {
      if (killed == 0 && holdsCheckpoint()) {
        ProcessHandle executor = ProcessHandle.of(pid).orElseThrow();
        if (executor.destroyForcibly()) {
          killed++;
        }
      }
    }

    private boolean holdsCheckpoint() {
      try (Stream<Path> files = Files.list(checkpoints.resolve("advantage-weighted-trees-seed0"))) {
        return files.anyMatch(file -> file.getFileName().toString().startsWith("checkpoint-"));
      } catch (IOException e) {
        return false; // not yet
      }
    }
  }

  private static void assertSameTrees(String one, String other) throws IOException {
    List<Path> files = new ArrayList<>();
    try (Stream<Path> found = Files.walk(folder.resolve(one))) {
      found
          .filter(file -> file.getFileName().toString().matches(".*\\.(ubj|onnx)"))
          .map(folder.resolve(one)::relativize)
          .forEach(files::add);
    }
    assertThat(files).hasSize(1 + 1 + 2); // trees, their export, those of two moments
    for (Path file : files) {
      assertThat(folder.resolve(one).resolve(file))
          .hasSameBinaryContentAs(folder.resolve(other).resolve(file));
    }
  }

  private static BundleManifest manifest(String output) {
    return BundleLoader.manifest(folder.resolve(output).resolve("advantage-weighted-trees-seed0"));
  }

  private void run(String yaml, String data, String output, Consumer<String> watcher) {
    TrainJob.run(
        spark,
        config(yaml),
        dataset(data),
        folder.resolve(output).toString(),
        LOADER,
        Existing.REFUSE,
        line -> {
          said.add(line);
          watcher.accept(line);
        });
  }

  private static TrainConfig config(String yaml) {
    ConfigDocument document = ConfigDocument.parse("test.yaml", folder, yaml, List.of());
    TrainConfig config = TrainConfig.from(document.root(), TreeAlgorithms.catalogue());
    document.finish();
    return config;
  }

  private static Dataset dataset(String name) {
    return Dataset.open(folder.resolve(name).toString());
  }
}
