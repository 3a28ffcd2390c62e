package dev.hindcast.training.tracking;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import dev.hindcast.core.artefact.CanonicalJson;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against a server of the test's own; {@code MlflowServerIT} has the real one. */
class RunTrackerTest {
  private static final String TWO_LINES =
      """
      {"critic_loss":0.5,"update":10}
      {"critic_loss":0.25,"q_mean":1.5,"update":20}
      """;

  private final List<String> said = new CopyOnWriteArrayList<>();
  private final List<Call> calls = new CopyOnWriteArrayList<>();
  private final CountDownLatch holding = new CountDownLatch(1);
  private HttpServer http;
  private volatile Function<Call, Answer> server = RunTrackerTest::mlflow;

  private record Call(String path, JsonNode content, String authorization) {}

  private record Answer(int status, String content) {}

  @BeforeEach
  void listen() throws IOException {
    http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    http.createContext(
        "/",
        exchange -> {
          byte[] content = exchange.getRequestBody().readAllBytes();
          String path =
              exchange.getRequestURI().getPath().replaceFirst("^/prefix/api/2.0/mlflow/", "");
          Call call =
              new Call(
                  path,
                  CanonicalJson.tree(content.length == 0 ? "{}".getBytes(UTF_8) : content),
                  String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
          calls.add(call);
          Answer answer = server.apply(call);
          byte[] body = answer.content().getBytes(UTF_8);
          exchange.sendResponseHeaders(answer.status(), body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    http.start();
  }

  @AfterEach
  void stop() {
    holding.countDown();
    http.stop(0);
  }

  @Test
  void recordsARunFromBeginToEndEachLineOnce() {
    try (RunTracker tracker = tracker(address())) {
      tracker.expect(run());
      tracker.figures("iql-seed0", "{}");
      tracker.figures("iql-seed0", TWO_LINES.lines().findFirst().orElseThrow());
      tracker.end("iql-seed0", RunTracker.Ending.FINISHED, RunTrackerTest::result);
    }
    assertThat(said).isEmpty();
    assertThat(calls)
        .extracting(Call::path)
        .containsExactly(
            "experiments/get-by-name",
            "experiments/create",
            "runs/create",
            "runs/log-batch",
            "runs/log-batch",
            "runs/log-batch",
            "runs/log-batch",
            "runs/update");
    JsonNode created = calls.get(2).content();
    assertThat(created.path("run_name").asText()).isEqualTo("iql-seed0");
    assertThat(created.path("experiment_id").asText()).isEqualTo("7");
    assertThat(created.path("tags").toString())
        .isEqualTo("[{\"key\":\"dataset\",\"value\":\"sha256:1\"}]");
    assertThat(calls.get(3).content().path("params").toString())
        .contains("{\"key\":\"expectile\",\"value\":\"0.8\"}")
        .contains("{\"key\":\"hidden\",\"value\":\"[64,64]\"}")
        .contains("{\"key\":\"nested.rate\",\"value\":\"3\"}");
    assertThat(figures(calls.get(4))).containsExactly("critic_loss 10 0.5");
    assertThat(figures(calls.get(5))).containsExactly("critic_loss 20 0.25", "q_mean 20 1.5");
    assertThat(calls.get(6).content().path("tags").toString()).contains("sha256:2");
    assertThat(calls.get(7).content().path("status").asText()).isEqualTo("FINISHED");
    assertThat(calls.get(7).content().path("run_id").asText()).isEqualTo("r1");
  }

  @Test
  void aLongRecordGoesInPartsThatTheServerTakes() {
    StringBuilder lines = new StringBuilder();
    for (int i = 1; i <= 1_500; i++) {
      lines.append("{\"critic_loss\":1,\"update\":").append(i).append("}\n");
    }
    try (RunTracker tracker = tracker(address())) {
      tracker.expect(run());
      tracker.end(
          "iql-seed0",
          RunTracker.Ending.FINISHED,
          () -> new RunTracker.Result(lines.toString(), Map.of()));
    }
    assertThat(said).isEmpty();
    assertThat(calls)
        .filteredOn(call -> call.content().has("metrics"))
        .extracting(call -> call.content().path("metrics").size())
        .containsExactly(1_000, 500);
  }

  @Test
  void serverErrorsAreSaidOnceAndNothingIsThrown() {
    server = call -> new Answer(500, "{\"message\":\"disk full\"}");
    useAll(address());
    assertThat(said)
        .containsExactly(
            "warning: tracking is incomplete: "
                + address()
                + " answered 500: disk full. Training goes on without it.");
  }

  @Test
  void somethingElseThanMlflowIsSaid() {
    server = call -> new Answer(200, "<html>It works!</html>");
    useAll(address());
    assertThat(said).singleElement().asString().contains("something that is not MLflow's JSON");
  }

  @Test
  void aServerThatIsNotThereIsSaid() throws IOException {
    int free;
    try (ServerSocket socket = new ServerSocket(0)) {
      free = socket.getLocalPort();
    }
    useAll(URI.create("http://127.0.0.1:" + free));
    assertThat(said).singleElement().asString().contains("cannot be reached");
  }

  @Test
  void aServerThatDoesNotAnswerIsNotWaitedFor() {
    server =
        call -> {
          try {
            holding.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return new Answer(200, "{}");
        };
    useAll(address());
    assertThat(said).singleElement().asString().contains("did not answer within 1 s");
  }

  @Test
  void anOutageInBetweenCostsNothing() {
    AtomicInteger metrics = new AtomicInteger();
    server =
        call ->
            call.content().has("metrics") && metrics.incrementAndGet() == 1
                ? new Answer(503, "{}")
                : mlflow(call);
    useAll(address());
    assertThat(said).singleElement().asString().contains("answered 503: no reason given");
    assertThat(calls)
        .filteredOn(call -> call.content().has("metrics"))
        .extracting(RunTrackerTest::figures)
        .containsExactly(
            List.of("critic_loss 10 0.5"),
            List.of("critic_loss 10 0.5", "critic_loss 20 0.25", "q_mean 20 1.5"));
    assertThat(calls.get(calls.size() - 1).content().path("status").asText()).isEqualTo("FINISHED");
  }

  @Test
  void credentialsComeFromTheEnvironmentAndAreNeverSaid() {
    server = call -> new Answer(401, "{\"message\":\"who are you?\"}");
    useAll(
        address(), Map.of("MLFLOW_TRACKING_USERNAME", "ann", "MLFLOW_TRACKING_PASSWORD", "s3cret"));
    useAll(address(), Map.of("MLFLOW_TRACKING_TOKEN", "t0ken"));
    useAll(address(), Map.of("MLFLOW_TRACKING_TOKEN", "t0k\u0007en"));
    assertThat(calls)
        .extracting(Call::authorization)
        .contains("Basic YW5uOnMzY3JldA==", "Bearer t0ken");
    assertThat(said).hasSize(3);
    assertThat(said.get(0)).contains("refused the credentials (401)");
    assertThat(said.get(2)).contains("hold characters that cannot be sent");
    assertThat(String.join("", said)).doesNotContain("s3cret", "t0k", "YW5u");
  }

  /** Does all that a job does. */
  private void useAll(URI where) {
    useAll(where, Map.of());
  }

  private void useAll(URI where, Map<String, String> environment) {
    try (RunTracker tracker = tracker(where, environment)) {
      tracker.expect(run());
      tracker.figures("iql-seed0", "{}");
      tracker.figures("iql-seed0", "{\"critic_loss\":0.5,\"update\":10}");
      tracker.end("iql-seed0", RunTracker.Ending.FINISHED, RunTrackerTest::result);
    }
  }

  private RunTracker tracker(URI where) {
    return tracker(where, Map.of());
  }

  private RunTracker tracker(URI where, Map<String, String> environment) {
    return new RunTracker(
        new Tracking(where, "beds"),
        new MlflowServer(where, Duration.ofSeconds(1), environment),
        Duration.ofSeconds(20),
        said::add);
  }

  private URI address() {
    return URI.create("http://127.0.0.1:" + http.getAddress().getPort() + "/prefix/");
  }

  private static RunTracker.Run run() {
    return RunTracker.Run.of(
        "iql-seed0",
        CanonicalJson.tree(
            "{\"expectile\":0.8,\"hidden\":[64,64],\"nested\":{\"rate\":3}}".getBytes(UTF_8)),
        Map.of("dataset", "sha256:1"));
  }

  private static RunTracker.Result result() {
    return new RunTracker.Result(TWO_LINES, Map.of("bundle", "sha256:2"));
  }

  private static List<String> figures(Call call) {
    List<String> figures = new java.util.ArrayList<>();
    call.content()
        .path("metrics")
        .forEach(
            metric ->
                figures.add(
                    metric.path("key").asText()
                        + " "
                        + metric.path("step").asText()
                        + " "
                        + metric.path("value").asText()));
    return figures;
  }

  /** Answers as MLflow does where the experiment is new. */
  private static Answer mlflow(Call call) {
    return switch (call.path()) {
      case "experiments/get-by-name" ->
          new Answer(404, "{\"error_code\":\"RESOURCE_DOES_NOT_EXIST\"}");
      case "experiments/create" -> new Answer(200, "{\"experiment_id\":\"7\"}");
      case "runs/create" -> new Answer(200, "{\"run\":{\"info\":{\"run_id\":\"r1\"}}}");
      default -> new Answer(200, "{}");
    };
  }
}
