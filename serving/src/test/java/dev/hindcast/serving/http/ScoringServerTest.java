package dev.hindcast.serving.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hindcast.core.config.ConfigDocument;
import dev.hindcast.core.policy.Bundle;
import dev.hindcast.core.policy.BundleLoader;
import dev.hindcast.core.policy.BundleManifest;
import dev.hindcast.serving.Bundles;
import dev.hindcast.serving.Shop;
import dev.hindcast.serving.registry.Objection;
import dev.hindcast.serving.registry.Promotion;
import dev.hindcast.serving.registry.RegisteredPolicy;
import dev.hindcast.serving.registry.Registry;
import dev.hindcast.serving.registry.Version;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScoringServerTest {
  private static final String SERVE =
      """
      stream:
        decisions: {path: decisions}
        rewards: {path: rewards}
        columns: {id: text, visit: text, at: time, sold: number, shelf: text}
        time: at
        decision-id: id
        output: out
      serve:
        registry: {path: registry, look-every: 20 ms}
        port: 0
        rewards: {}
      """;

  @TempDir private Path folder;
  private final HttpClient client = HttpClient.newHttpClient();
  private final Queue<String> events = new ConcurrentLinkedQueue<>();
  private Optional<ScoringServer> server = Optional.empty();

  @BeforeEach
  void register() {
    promoted("one", 0.25);
  }

  @AfterEach
  void stop() {
    server.ifPresent(ScoringServer::close);
  }

  private Version promoted(String name, double p) {
    RegisteredPolicy shop = Registry.at(folder.resolve("registry").toString()).policy("shop");
    Version version =
        shop.register(
            Bundles.write(folder.resolve(name), p, Optional.empty()).toString(),
            Optional.empty(),
            "ann");
    shop.promote(
        new Promotion(
            version.number(),
            Optional.empty(),
            Optional.empty(),
            Set.of(Objection.NO_REPORT),
            "a test",
            "ann",
            Optional.empty()));
    return version;
  }

  private ScoringServer start(BundleLoader loader, String... overrides) {
    ConfigDocument document =
        ConfigDocument.parse("shop.yaml", folder, Shop.INGEST + SERVE, List.of(overrides));
    ServeConfig config = ServeConfig.from(document.root());
    document.finish();
    server = Optional.of(ScoringServer.start(config, loader, events::add));
    return server.get();
  }

  private HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(
        URI.create("http://127.0.0.1:" + server.orElseThrow().address().getPort() + path));
  }

  private HttpResponse<String> post(String path, String body) {
    return send(to(path).POST(HttpRequest.BodyPublishers.ofString(body)).build());
  }

  private HttpResponse<String> get(String path) {
    return send(to(path).build());
  }

  private HttpResponse<String> send(HttpRequest request) {
    try {
      return client.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static JsonNode json(HttpResponse<String> response) {
    return Shop.json("{\"a\": " + response.body() + "}").get("a");
  }

  private List<JsonNode> logged(String name) throws IOException {
    List<JsonNode> rows = new ArrayList<>();
    try (Stream<Path> paths = Files.list(folder.resolve(name))) {
      for (Path path : paths.sorted().toList()) {
        if (!path.getFileName().toString().startsWith(".")) {
          for (String line : Files.readAllLines(path)) {
            rows.add(Shop.json(line));
          }
        }
      }
    }
    return rows;
  }

  @Test
  void answersAndLogsWhatItAnswered() throws IOException {
    start(Bundles.loader());
    HttpResponse<String> response =
        post("/decide", Shop.request().put("shelf", "left").put("id", "d1").toString());
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    JsonNode answer = json(response);
    assertThat(answer.path("decision_id").asText()).isEqualTo("d1");
    int action = answer.path("action").asInt(-1);
    assertThat(answer.path("probability").asDouble()).isEqualTo(action == 1 ? 0.25 : 0.75);
    assertThat(answer.path("policy").asText()).isEqualTo("shop");
    assertThat(answer.path("version").asInt()).isEqualTo(1);
    assertThat(answer.has("probabilities")).isFalse();
    JsonNode two =
        json(post("/decide?probabilities=true", "[" + Shop.request() + "," + Shop.request() + "]"));
    assertThat(two).hasSize(2);
    assertThat(two.get(1).path("probabilities")).hasToString("[0.75,0.25]");
    assertThat(two.get(0).path("decision_id")).isNotEqualTo(two.get(1).path("decision_id"));
    assertThat(post("/reward", "{\"id\": \"d1\", \"sold\": 2.5}").body())
        .isEqualTo("{\"rewards\":1}\n");
    server.orElseThrow().close();

    List<JsonNode> decisions = logged("decisions");
    assertThat(decisions).hasSize(3);
    ObjectNode row = (ObjectNode) decisions.get(0);
    assertThat(row.remove("at").asText()).matches("20\\d\\d-.*Z");
    assertThat(row)
        .isEqualTo(
            Shop.request()
                .put("id", "d1")
                .put("shelf", "left")
                .put("left", false)
                .put("offer", action)
                .put("p", action == 1 ? 0.25 : 0.75)
                .put("policy", "shop")
                .put("policy_version", answer.path("policy_version").asText()));
    JsonNode reward = logged("rewards").get(0);
    assertThat(reward.path("id").asText()).isEqualTo("d1");
    assertThat(reward.path("sold").asDouble()).isEqualTo(2.5);
    assertThat(reward.path("at").asText()).matches("20\\d\\d-.*Z");
  }

  @Test
  void mistakesAreToldInWords() {
    start(Bundles.loader());
    assertThat(post("/decide", Shop.request().without("age").toString()).body())
        .isEqualTo("{\"problem\":\"Cannot decide: field age is missing.\"}\n");
    assertThat(post("/decide", Shop.request().put("shlf", "x").toString()).body())
        .contains("nobody reads field shlf. Did you mean shelf?");
    assertThat(post("/decide", Shop.request().put("offer", 1).toString()).body())
        .contains("field offer is what the answer fills");
    assertThat(post("/decide", Shop.request().put("sold", 1).toString()).body())
        .contains("field sold is a reward, which comes later");
    assertThat(post("/decide", "{\"age\": 1, \"age\": 2}").body()).contains("is no JSON");
    assertThat(post("/decide", "[]").body()).contains("the list is empty");
    assertThat(post("/decide", "3").statusCode()).isEqualTo(400);
    assertThat(post("/reward", "{\"sold\": 1}").body()).contains("field id is missing");
    assertThat(post("/reward", "{\"id\": \"d1\", \"sold\": \"NaN\"}").body())
        .contains("field sold is \\\"NaN\\\", but should be a number");
    assertThat(post("/reward", "{\"id\": \"d1\"}").body()).contains("(sold)");
    assertThat(get("/decide").statusCode()).isEqualTo(405);
    assertThat(get("/elsewhere").statusCode()).isEqualTo(404);
    assertThat(post("/decide", " ".repeat((1 << 20) + 1)).statusCode()).isEqualTo(413);
  }

  @Test
  void followsTheRegistryAndSaysWhyWhenItDoesNot() {
    start(Bundles.loader());
    promoted("two", 0.5);
    await(() -> json(get("/version")).path("number").asInt() == 2);
    assertThat(json(get("/health")).path("status").asText()).isEqualTo("well");
    assertThat(json(post("/decide", Shop.request().toString())).path("version").asInt())
        .isEqualTo(2);
    promoted("broken", -1);
    await(() -> json(get("/health")).path("status").asText().equals("degraded"));
    assertThat(json(get("/health")).path("refused_version").asText())
        .contains("its number is negative");
    assertThat(json(post("/decide", Shop.request().toString())).path("version").asInt())
        .isEqualTo(2);
    assertThat(get("/metrics").body()).contains("hindcast_policy_refused 1.0");
    String two = server.orElseThrow().served().inWords();
    assertThat(events)
        .containsSubsequence("From now on " + two + " decides.")
        .anyMatch(line -> line.startsWith("warning: " + two + " goes on deciding. Cannot load"));
  }

  @Test
  void whatCannotBeLoggedIsNotDecided() throws IOException {
    start(Bundles.loader());
    Path decisions = folder.resolve("decisions");
    Files.delete(decisions);
    Files.writeString(decisions, "a file in the way");
    HttpResponse<String> refused = post("/decide", Shop.request().toString());
    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(refused.body()).contains("It could not be logged, so it was not done");
    assertThat(get("/ready").statusCode()).isEqualTo(503);
    assertThat(json(get("/health")).path("status").asText()).isEqualTo("degraded");
    assertThat(get("/metrics").body()).contains("hindcast_log_failures_total 1.0");
    Files.delete(decisions);
    Files.createDirectory(decisions);
    await(() -> get("/ready").statusCode() == 200);
    assertThat(post("/decide", Shop.request().toString()).statusCode()).isEqualTo(200);
    server.orElseThrow().close();
    assertThat(logged("decisions")).hasSize(1);
  }

  @Test
  void prometheusIsTold() {
    start(Bundles.loader());
    post("/decide", "[" + Shop.request() + "," + Shop.request() + "]");
    post("/decide", "{}");
    String text = get("/metrics").body();
    assertThat(text)
        .contains("hindcast_decisions_total 2.0")
        .contains("hindcast_requests_total{endpoint=\"/decide\",status=\"200\"} 1.0")
        .contains("hindcast_requests_total{endpoint=\"/decide\",status=\"400\"} 1.0")
        .contains("hindcast_request_seconds_bucket{endpoint=\"/decide\",le=\"+Inf\"} 2")
        .contains("hindcast_policy_refused 0.0")
        .containsPattern(
            "hindcast_policy_version\\{fingerprint=\"sha256:[0-9a-f]{64}\",policy=\"shop\"\\} 1\\.0");
  }

  /** Every answer that anybody got is in the log, and every line of it is whole. */
  @Test
  void endingLosesNothing() throws Exception {
    start(Bundles.loader(), "serve.threads=2");
    Queue<String> answered = new ConcurrentLinkedQueue<>();
    CountDownLatch many = new CountDownLatch(200);
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      threads.add(
          new Thread(
              () -> {
                while (true) {
                  try {
                    HttpResponse<String> response = post("/decide", Shop.request().toString());
                    if (response.statusCode() != 200) {
                      break;
                    }
                    answered.add(json(response).path("decision_id").asText());
                    many.countDown();
                  } catch (IllegalStateException e) {
                    break; // the connection was refused
                  }
                }
              }));
    }
    threads.forEach(Thread::start);
    many.await();
    server.orElseThrow().close();
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(logged("decisions"))
        .extracting(row -> row.path("id").asText())
        .hasSizeGreaterThanOrEqualTo(200)
        .containsAll(answered);
  }

  @Test
  void requestsThatWouldWaitTooLongAreRefusedAtOnce() throws Exception {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    BundleLoader slow =
        new BundleLoader(
            List.of(
                new BundleLoader.Format() {
                  @Override
                  public String name() {
                    return "test-number";
                  }

                  @Override
                  public Bundle load(BundleManifest manifest, Path place) {
                    return new Bundle(
                        manifest,
                        Optional.of(
                            decisions -> {
                              entered.countDown();
                              awaited(release);
                              return new Bundles.Certain(0.5).distribution(decisions);
                            }),
                        Optional.empty());
                  }
                }));
    start(slow, "serve.threads=1", "serve.most-waiting=1");
    HttpRequest request =
        to("/decide").POST(HttpRequest.BodyPublishers.ofString(Shop.request().toString())).build();
    CompletableFuture<HttpResponse<String>> first =
        client.sendAsync(request, HttpResponse.BodyHandlers.ofString());
    entered.await();
    CompletableFuture<HttpResponse<String>> second =
        client.sendAsync(request, HttpResponse.BodyHandlers.ofString());
    await(() -> server.orElseThrow().waiting() == 2);
    release.countDown();
    assertThat(first.get().statusCode()).isEqualTo(200);
    assertThat(second.get().statusCode()).isEqualTo(503);
    assertThat(second.get().headers().firstValue("Retry-After")).contains("1");
  }

  @Test
  void aPortThatIsTakenIsAConflict() {
    int port = start(Bundles.loader()).address().getPort();
    ScoringServer running = server.orElseThrow();
    assertThatThrownBy(() -> start(Bundles.loader(), "serve.port=" + port))
        .hasMessageContaining("Cannot listen on 127.0.0.1:" + port);
    server = Optional.of(running);
  }

  private static void awaited(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private interface Condition {
    boolean holds();
  }

  private static void await(Condition condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!condition.holds()) {
      assertThat(System.nanoTime()).as("waited for half a minute").isLessThan(deadline);
      Thread.onSpinWait();
    }
  }
}
