package dev.hindcast.training.spark;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hindcast.core.artefact.CanonicalJson;
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
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tracking with a real MLflow server, its package installed from PyPI (850 MB, once). */
class MlflowIT {
  private static final String VERSION = "3.17.2";
  private static final TabularMdp CHAIN = ChainMdp.slippery(4, 0.1);
  private static final BundleLoader LOADER = new BundleLoader(List.of(new NeuralBundleFormat()));
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final String CONFIG =
      """
      name: chain
      discount: 0.9
      train:
        updates: 60
        batch-size: 32
        hidden: [16]
        metrics-every: 20
        device: cpu
        tracking: {mlflow: 'ADDRESS', experiment: beds}
        algorithms:
          - {name: iql, expectile: 0.8, seeds: 2}
      """;

  @TempDir private static Path shared;
  @TempDir private Path folder;

  private static SparkSession spark;
  private static Process mlflow;
  private static String address;

  private final List<String> said = new CopyOnWriteArrayList<>();

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    Path venv = Path.of("target/mlflow-venv").toAbsolutePath();
    Process install =
        new ProcessBuilder("src/test/scripts/mlflow-venv.sh", venv.toString(), VERSION)
            .redirectErrorStream(true)
            .redirectOutput(shared.resolve("install.log").toFile())
            .start();
    assumeTrue(
        install.waitFor() == 0,
        () ->
            "Skipped: mlflow "
                + VERSION
                + " could not be installed; it takes Python 3 with its venv module, and PyPI.");
    address = "http://127.0.0.1:" + freePort();
    ProcessBuilder server =
        new ProcessBuilder(
            venv.resolve("bin/mlflow").toString(),
            "server",
            "--host",
            "127.0.0.1",
            "--port",
            address.substring(address.lastIndexOf(':') + 1),
            "--workers",
            "1",
            "--backend-store-uri",
            "sqlite:///" + shared.resolve("mlflow.db"),
            "--default-artifact-root",
            shared.resolve("artifacts").toString());
    server.environment().put("MLFLOW_SERVER_ENABLE_JOB_EXECUTION", "false");
    server.environment().put("MLFLOW_DISABLE_TELEMETRY", "true");
    mlflow =
        server.redirectErrorStream(true).redirectOutput(shared.resolve("log").toFile()).start();
    awaitServer();
    spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.host", "localhost")
            .config("spark.executor.heartbeatInterval", "1s")
            .getOrCreate();
    DatasetWriter.write(
        shared.resolve("chain").toString(),
        "chain",
        Split.DEFAULT,
        CHAIN.log(TabularPolicy.uniform(CHAIN), 200, 50, 1));
  }

  @AfterAll
  static void stop() throws InterruptedException {
    if (mlflow != null) {
      mlflow.descendants().forEach(ProcessHandle::destroy);
      mlflow.destroy();
      mlflow.waitFor();
    }
    if (spark != null) {
      spark.stop();
    }
  }

  @Test
  void everyTrialIsARunWithItsSettingsOriginFiguresAndEnding() throws Exception {
    List<TrainJob.Trained> trained = train(address, CONFIG);
    assertThat(said).noneMatch(line -> line.startsWith("warning: tracking"));
    Map<String, JsonNode> runs = runs("beds");
    assertThat(runs.keySet()).containsExactly("iql-seed0", "iql-seed1");
    JsonNode run = runs.get("iql-seed1");
    assertThat(run.path("info").path("status").asText()).isEqualTo("FINISHED");
    assertThat(values(run, "params"))
        .containsEntry("expectile", "0.8")
        .containsEntry("hidden", "[16]")
        .containsEntry("discount", "0.9");
    assertThat(values(run, "tags"))
        .containsEntry("hindcast.seed", "1")
        .containsEntry("hindcast.dataset.fingerprint", dataset().fingerprint().value())
        .containsEntry(
            "hindcast.bundle.fingerprint", trained.get(1).manifest().fingerprint().value())
        .containsKey("hindcast.code");
    List<String> expected = new ArrayList<>();
    for (String line : Files.readAllLines(folder.resolve("out/iql-seed1/metrics.jsonl"))) {
      JsonNode figures = CanonicalJson.tree(line.getBytes(UTF_8));
      expected.add(figures.path("update").asLong() + " " + figures.path("critic_loss").asDouble());
    }
    assertThat(history(run, "critic_loss")).hasSize(3).containsExactlyElementsOf(expected);
  }

  @Test
  void aTrialThatStopsIsAFailedRunWithTheReason() throws Exception {
    String wild =
        CONFIG
            .replace("beds", "wild")
            .replace(
                "{name: iql, expectile: 0.8, seeds: 2}",
                "{name: fitted-q-evaluation, of: [uniform], learning-rate: 100000, polyak: 1}");
    assertThatThrownBy(() -> train(address, wild)).isInstanceOf(UserError.class);
    JsonNode run = runs("wild").get("fitted-q-evaluation-of-uniform-seed0");
    assertThat(run.path("info").path("status").asText()).isEqualTo("FAILED");
    assertThat(values(run, "tags").get("hindcast.stopped")).startsWith("Stopped training");
  }

  @Test
  void trainingGoesOnWhereThereIsNoServer() throws Exception {
    List<TrainJob.Trained> trained = train("http://127.0.0.1:" + freePort(), CONFIG);
    assertThat(trained).hasSize(2);
    assertThat(said)
        .filteredOn(line -> line.startsWith("warning: tracking"))
        .singleElement()
        .asString()
        .contains("cannot be reached. Training goes on without it");
  }

  private List<TrainJob.Trained> train(String server, String yaml) {
    ConfigDocument document =
        ConfigDocument.parse("test.yaml", folder, yaml.replace("ADDRESS", server), List.of());
    TrainConfig config = TrainConfig.from(document.root(), Algorithms.catalogue());
    document.finish();
    return TrainJob.run(
        spark,
        config,
        dataset(),
        folder.resolve("out").toString(),
        LOADER,
        Existing.REFUSE,
        said::add);
  }

  private static Dataset dataset() {
    return Dataset.open(shared.resolve("chain").toString());
  }

  /** The runs of an experiment by name, as the server tells them. */
  private static Map<String, JsonNode> runs(String experiment) throws Exception {
    String id =
        get("experiments/get-by-name?experiment_name=" + experiment)
            .path("experiment")
            .path("experiment_id")
            .asText();
    JsonNode found =
        answer(
            HttpRequest.newBuilder(URI.create(address + "/api/2.0/mlflow/runs/search"))
                .header("Content-Type", "application/json")
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        CanonicalJson.line(Map.of("experiment_ids", List.of(id))))));
    Map<String, JsonNode> runs = new TreeMap<>();
    found.path("runs").forEach(run -> runs.put(run.path("info").path("run_name").asText(), run));
    return runs;
  }

  /** All values of a metric, "update value", by update. */
  private static List<String> history(JsonNode run, String metric) throws Exception {
    Map<Long, String> history = new TreeMap<>();
    get("metrics/get-history?run_id="
            + run.path("info").path("run_id").asText()
            + "&metric_key="
            + metric)
        .path("metrics")
        .forEach(
            point ->
                history.merge(
                    point.path("step").asLong(),
                    point.path("step").asLong() + " " + point.path("value").asDouble(),
                    (one, two) -> one + " and again " + two));
    return List.copyOf(history.values());
  }

  private static Map<String, String> values(JsonNode run, String kind) {
    Map<String, String> values = new TreeMap<>();
    run.path("data")
        .path(kind)
        .forEach(entry -> values.put(entry.path("key").asText(), entry.path("value").asText()));
    return values;
  }

  private static JsonNode get(String call) throws Exception {
    return answer(HttpRequest.newBuilder(URI.create(address + "/api/2.0/mlflow/" + call)).GET());
  }

  private static JsonNode answer(HttpRequest.Builder request) throws Exception {
    HttpResponse<String> response =
        CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return CanonicalJson.tree(response.body().getBytes(UTF_8));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static void awaitServer() throws IOException, InterruptedException {
    HttpRequest health = HttpRequest.newBuilder(URI.create(address + "/health")).GET().build();
    for (int attempt = 0; attempt < 600; attempt++) {
      if (mlflow.waitFor(200, TimeUnit.MILLISECONDS)) {
        break; // it has ended: its log says why
      }
      if (isUp(health)) {
        return;
      }
    }
    throw new IllegalStateException(
        "mlflow server did not come up:\n" + Files.readString(shared.resolve("log")));
  }

  private static boolean isUp(HttpRequest health) throws IOException, InterruptedException {
    try {
      return CLIENT.send(health, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
    } catch (java.net.ConnectException e) {
      return false; // not listening yet
    }
  }
}
