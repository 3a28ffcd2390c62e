package dev.hindcast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.core.policy.BundleManifest;
import dev.hindcast.core.report.EvaluationReport;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * The shaded jar under a real {@code spark-submit}, stage after stage, and with real executor
 * processes.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SparkSubmitIT {
  private static final Path SPARK_HOME = Path.of("target/spark-venv/lib").toAbsolutePath();
  private static final String CONFIG =
      Hindcast.EXAMPLES.resolve("icu-sepsis/pipeline.yaml").toString();

  @TempDir private static Path folder;

  @Test
  @Order(1)
  void ingestRunsFromTheShadedJar() throws Exception {
    submit(
        "local[2]", "ingest", "--config", CONFIG, "--output", folder.resolve("dataset").toString());
    assertThat(folder.resolve("dataset/manifest.json")).exists();
  }

  @Test
  @Order(2)
  void trainRunsFromTheShadedJar() throws Exception {
    submit(
        "local[2]",
        "train",
        "--config",
        CONFIG,
        "--dataset",
        folder.resolve("dataset").toString(),
        "--output",
        folder.resolve("bundles").toString(),
        "--set",
        "train.updates=200",
        "--set",
        "train.algorithms=[behavior-cloning, {name: fitted-q-evaluation, of: [behavior-cloning], updates: 200}]");
    assertThat(folder.resolve("bundles/behavior-cloning-seed0/model.onnx")).exists();
    assertThat(
            folder.resolve(
                "bundles/fitted-q-evaluation-of-behavior-cloning-seed0-seed0/manifest.json"))
        .exists();
  }

  @Test
  @Order(3)
  void evaluateRunsFromTheShadedJar() throws Exception {
    submit(
        "local[2]",
        "evaluate",
        "--config",
        CONFIG,
        "--dataset",
        folder.resolve("dataset").toString(),
        "--output",
        folder.resolve("report").toString(),
        "--bundle",
        folder.resolve("bundles").toString());
    EvaluationReport report =
        CanonicalJson.read(
            Files.readAllBytes(folder.resolve("report/report.json")), EvaluationReport.class);
    assertThat(report.policy("behavior-cloning-seed0").orElseThrow().estimate("doubly-robust"))
        .isPresent();
    assertThat(folder.resolve("report/report.html")).exists();
  }

  @Test
  @Order(4)
  void twoSeedsTrainOnTwoExecutors() throws Exception {
    String log =
        submit(
            "local-cluster[2,1,2048]",
            "train",
            "--config",
            CONFIG,
            "--dataset",
            folder.resolve("dataset").toString(),
            "--output",
            folder.resolve("seeds").toString(),
            "--set",
            "train.updates=200",
            "--set",
            "train.seeds=2",
            "--set",
            "train.algorithms=[behavior-cloning]");
    assertThat(log).contains("behavior-cloning-seed0", "behavior-cloning-seed1");
    for (int seed = 0; seed < 2; seed++) {
      BundleManifest manifest =
          dev.hindcast.core.policy.BundleLoader.manifest(
              folder.resolve("seeds/behavior-cloning-seed" + seed));
      assertThat(manifest.provenance().seed()).isEqualTo(seed);
      assertThat(manifest.onnx().orElseThrow().maxDifference()).isLessThanOrEqualTo(1e-5);
    }
    // the same trial, in this cluster's executor and in the one process before, gives the same
    // bundle apart from the seeds asked for
    assertThat(
            Files.readAllBytes(folder.resolve("seeds/behavior-cloning-seed0/weights.safetensors")))
        .isEqualTo(
            Files.readAllBytes(
                folder.resolve("bundles/behavior-cloning-seed0/weights.safetensors")));
  }

  /**
   * A file system that only exists by {@code spark.hadoop.*}, reached from the driver and from an
   * executor.
   */
  @Test
  @Order(5)
  void storageSettingsReachDriverAndExecutors() throws Exception {
    String link = "spark.hadoop.fs.viewfs.mounttable.lake.link./data=" + folder.toUri();
    submit(
        "local-cluster[1,2,1024]",
        List.of("--conf", link),
        "ingest",
        "--config",
        CONFIG,
        "--output",
        "viewfs://lake/data/remote");
    assertThat(folder.resolve("remote/manifest.json")).exists();
    submit(
        "local-cluster[1,2,1024]",
        List.of("--conf", link),
        "evaluate",
        "--config",
        CONFIG,
        "--dataset",
        "viewfs://lake/data/remote",
        "--output",
        "viewfs://lake/data/remote-report",
        "--set",
        "evaluate.replicates=100");
    assertThat(folder.resolve("remote-report/report.html")).exists();
  }

  @Test
  @Order(6)
  void mistakesKeepTheirExitCodeUnderSparkSubmit() throws Exception {
    Process process =
        start(
            "local[1]",
            List.of(),
            "train",
            "--config",
            CONFIG,
            "--dataset",
            folder.resolve("none").toString(),
            "--output",
            folder.resolve("x").toString());
    String log =
        new String(
            process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(log).isEqualTo(5);
    assertThat(log).contains("none").doesNotContain("fault of Hindcast");
  }

  private static String submit(String master, String... arguments) throws Exception {
    return submit(master, List.of(), arguments);
  }

  private static String submit(String master, List<String> options, String... arguments)
      throws Exception {
    Process process = start(master, options, arguments);
    String log =
        new String(
            process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    assertThat(process.waitFor(10, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).as(log).isZero();
    return log;
  }

  private static Process start(String master, List<String> options, String... arguments)
      throws IOException {
    Path home = sparkHome();
    List<String> command =
        new ArrayList<>(
            List.of(
                home.resolve("bin/spark-submit").toString(),
                "--master",
                master,
                "--class",
                "dev.hindcast.cli.Main",
                "--driver-memory",
                "2g",
                "--conf",
                "spark.ui.enabled=false",
                "--conf",
                "spark.driver.host=localhost",
                "--conf",
                "spark.executorEnv.OMP_NUM_THREADS=1",
                "--jars",
                natives()));
    command.addAll(options);
    command.add(Path.of("target/hindcast-spark.jar").toAbsolutePath().toString());
    command.addAll(Arrays.asList(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("SPARK_HOME", home.toString());
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    builder.environment().put("SPARK_SCALA_VERSION", "2.12");
    builder.environment().put("OMP_NUM_THREADS", "1");
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.directory(new File(folder.toString()));
    return builder.start();
  }

  private static String natives() throws IOException {
    try (Stream<Path> jars = Files.list(Path.of("target/natives").toAbsolutePath())) {
      return jars.map(Path::toString).sorted().collect(Collectors.joining(","));
    }
  }

  /** The distribution inside the pyspark package that the build installs. */
  private static Path sparkHome() throws IOException {
    try (Stream<Path> found =
        Files.find(SPARK_HOME, 4, (path, attributes) -> path.endsWith("site-packages/pyspark"))) {
      return found
          .findFirst()
          .orElseThrow(
              () ->
                  new IllegalStateException(
                      "No pyspark under "
                          + SPARK_HOME
                          + ": run ./mvnw verify, which installs it."));
    }
  }
}
