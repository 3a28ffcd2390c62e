package dev.hindcast.training.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.hindcast.core.artefact.CodeVersion;
import dev.hindcast.core.artefact.Provenance;
import dev.hindcast.core.config.ConfigDocument;
import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.Split;
import dev.hindcast.core.policy.BundleLoader;
import dev.hindcast.core.world.ChainMdp;
import dev.hindcast.core.world.TabularMdp;
import dev.hindcast.core.world.TabularPolicy;
import dev.hindcast.dataset.ArtefactWriter.Existing;
import dev.hindcast.dataset.Dataset;
import dev.hindcast.dataset.DatasetWriter;
import dev.hindcast.offlinerl.algorithm.Algorithms;
import dev.hindcast.offlinerl.bundle.NeuralBundleFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Executors in processes of their own, one of which is killed in the middle of the work. */
class LostExecutorIT {
  private static final TabularMdp CHAIN = ChainMdp.slippery(4, 0.1);
  private static final BundleLoader LOADER = new BundleLoader(List.of(new NeuralBundleFormat()));
  private static final String SWEEP =
      """
      name: chain
      discount: 0.9
      train:
        updates: 3000
        batch-size: 64
        hidden: [64, 64]
        checkpoint-every: 100
        metrics-every: 100
        device: cpu
        algorithms:
          - {name: iql, sweep: {expectile: [0.7, 0.9]}}
      """;
  private static final String ROUNDS =
      SWEEP
          .replace("checkpoint-every: 100", "distribution: {shards: 2, local-updates: 250}")
          .replace("{name: iql, sweep: {expectile: [0.7, 0.9]}}", "iql");

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
            .config("spark.executorEnv.OMP_NUM_THREADS", "1")
            .config("spark.worker.resource.gpu.amount", "1")
            .config("spark.worker.resource.gpu.discoveryScript", fakeGpus())
            .config("spark.executor.resource.gpu.amount", "1")
            .getOrCreate();
    DatasetWriter.write(
        folder.resolve("chain").toString(),
        Existing.REFUSE,
        "chain",
        Split.DEFAULT,
        CHAIN.log(TabularPolicy.uniform(CHAIN), 400, 50, 1),
        new Provenance(List.of(), JsonNodeFactory.instance.objectNode(), 0, CodeVersion.current()),
        3);
  }

  /** What a machine would say whose GPU has a number that no machine of ours has. */
  private static String fakeGpus() throws IOException {
    Path script = folder.resolve("fake-gpus");
    Files.writeString(script, "#!/bin/sh\necho '{\"name\": \"gpu\", \"addresses\": [\"97\"]}'\n");
    assertThat(script.toFile().setExecutable(true)).isTrue();
    return script.toString();
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  @Test
  void trialOfLostExecutorGoesOnFromItsCheckpointToTheSameWeights() throws IOException {
    run(SWEEP, "undisturbed", line -> {});
    Path checkpoints = folder.resolve("disturbed/.checkpoints");
    Killer killer = new Killer(() -> holdsCheckpoints(checkpoints, 2));
    run(SWEEP, "disturbed", killer);
    assertThat(killer.killed).isEqualTo(1);
    assertThat(said).anyMatch(line -> line.contains("going on after"));
    assertSameFiles("disturbed", "undisturbed", 2);
  }

  @Test
  void roundsOfLostExecutorAreMadeAgainBitForBit() throws IOException {
    run(ROUNDS, "rounds", line -> {});
    AtomicInteger rounds = new AtomicInteger();
    Killer killer = new Killer(() -> rounds.get() >= 2);
    run(
        ROUNDS,
        "rounds-disturbed",
        line -> {
          if (line.contains("updates on each of 2 shards")) {
            rounds.incrementAndGet();
          }
          killer.accept(line);
        });
    assertThat(killer.killed).isEqualTo(1);
    assertSameFiles("rounds-disturbed", "rounds", 1);
  }

  @Test
  void oneShardEqualsTrainingWhole() throws IOException {
    String whole = ROUNDS.replace("distribution: {shards: 2, local-updates: 250}", "alarms: true");
    run(whole, "whole", line -> {});
    TrainConfig config = config(whole);
    Trial trial = new Trials(config, dataset()).ofPolicies(config.plans().get(0)).get(0);
    new PeriodicAveraging(
            JavaSparkContext.fromSparkContext(spark.sparkContext()),
            dataset(),
            folder.resolve("one-shard").toString(),
            Existing.REFUSE,
            said::add,
            line -> {})
        .train(trial, 1);
    assertSameFiles("one-shard", "whole", 1);
  }

  @Test
  void taskComputesOnTheGpuThatSparkGaveIt() {
    assertThatThrownBy(() -> run(SWEEP.replace("device: cpu", "device: gpu"), "gpu", line -> {}))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("Spark gave this task GPU 97, and PyTorch finds");
  }

  /** Kills one executor process, once, when the time has come. */
  private static final class Killer implements Consumer<String> {
    private final BooleanSupplier time;
    private final long pid = anExecutor();
    private int killed;

    Killer(BooleanSupplier time) {
      this.time = time;
    }

    private static long anExecutor() {
      return JavaSparkContext.fromSparkContext(spark.sparkContext())
          .parallelize(List.of(1), 1)
          .map(any -> ProcessHandle.current().pid())
          .first();
    }

    @Override
    public synchronized void accept(String line) {
      if (killed == 0 && time.getAsBoolean()) {
        ProcessHandle executor = ProcessHandle.of(pid).orElseThrow();
        if (executor.destroyForcibly()) {
          killed++;
        }
      }
    }
  }

  private static boolean holdsCheckpoints(Path checkpoints, int trials) {
    Set<String> found = new HashSet<>();
    try (Stream<Path> files = Files.walk(checkpoints)) {
      files
          .filter(file -> file.getFileName().toString().startsWith("checkpoint-"))
          .forEach(file -> found.add(file.getParent().getFileName().toString()));
    } catch (IOException | UncheckedIOException e) {
      return false; // files come and go under the walk
    }
    return found.size() >= trials;
  }

  private static void assertSameFiles(String one, String other, int bundles) throws IOException {
    List<Path> files = new ArrayList<>();
    try (Stream<Path> found = Files.walk(folder.resolve(one))) {
      found
          .filter(file -> file.getFileName().toString().matches("weights.*|metrics.jsonl"))
          .map(folder.resolve(one)::relativize)
          .forEach(files::add);
    }
    assertThat(files).hasSizeGreaterThanOrEqualTo(2 * bundles);
    for (Path file : files) {
      assertThat(folder.resolve(one).resolve(file))
          .hasSameBinaryContentAs(folder.resolve(other).resolve(file));
    }
  }

  private void run(String yaml, String output, Consumer<String> watcher) {
    TrainJob.run(
        spark,
        config(yaml),
        dataset(),
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
    TrainConfig config = TrainConfig.from(document.root(), Algorithms.catalogue());
    document.finish();
    return config;
  }

  private static Dataset dataset() {
    return Dataset.open(folder.resolve("chain").toString());
  }
}
