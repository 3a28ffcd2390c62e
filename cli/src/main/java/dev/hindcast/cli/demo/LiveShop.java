package dev.hindcast.cli.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.core.world.DriftingRecommender;
import dev.hindcast.core.world.DriftingRecommender.Visit;
import dev.hindcast.serving.scorer.PolicyScorer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;

/**
 * Visitors of a shop whose tastes drift. Each comes twice, so to say: once to the server, which
 * learns from what it brings about, and once to a policy that never changes. Both meet the same
 * visitor with the same luck.
 */
final class LiveShop {
  private static final int AT_ONCE = 4;
  private static final long SEED = 11;

  private final DriftingRecommender world;
  private final URI server;
  private final PolicyScorer frozen;
  private final HttpClient client = HttpClient.newHttpClient();
  private final long began = System.nanoTime();

  /**
   * A shop that opens now.
   *
   * @param world how tastes drift; its day is the time since the shop opened, in turns
   * @param server where decisions are asked for
   * @param frozen the policy that never changes
   */
  LiveShop(DriftingRecommender world, URI server, PolicyScorer frozen) {
    this.world = world;
    this.server = server;
    this.frozen = frozen;
  }

  /**
   * What a visitor earned both.
   *
   * @param live clicks at the server's recommendations
   * @param frozen clicks at those of the policy that never changes
   */
  record Visited(double live, double frozen) {
    double difference() {
      return live - frozen;
    }
  }

  /** How long the shop has been open. */
  Duration open() {
    return Duration.ofNanos(System.nanoTime() - began);
  }

  /**
   * Lets visitors come, one every so often, and waits until all have left.
   *
   * @param first the number of the first
   * @param turn how long it takes until tastes are back where they were
   */
  List<Visited> visitors(long first, int count, Duration every, Duration turn)
      throws InterruptedException {
    ExecutorService hands = Executors.newFixedThreadPool(AT_ONCE);
    try {
      List<Future<Visited>> visits = new ArrayList<>();
      long next = System.nanoTime();
      for (int i = 0; i < count; i++) {
        long number = first + i;
        visits.add(hands.submit(() -> visit(number, turn)));
        next += every.toNanos();
        LockSupport.parkNanos(next - System.nanoTime());
      }
      List<Visited> visited = new ArrayList<>();
      for (Future<Visited> visit : visits) {
        visited.add(visit.get());
      }
      return visited;
    } catch (ExecutionException e) {
      throw new IllegalStateException("A visitor was not served.", e.getCause());
    } finally {
      hands.shutdownNow();
    }
  }

  private Visited visit(long number, Duration turn) throws IOException, InterruptedException {
    double day = (double) open().toNanos() / turn.toNanos();
    Visit live = world.visit(number, SEED);
    double clicks = 0;
    while (!live.isOver()) {
      JsonNode decision = post("/decide", seen(live, number));
      boolean clicked = live.recommend(decision.path("action").asInt(), day);
      ObjectNode reward = JsonNodeFactory.instance.objectNode();
      reward.put("id", decision.path("decision_id").asText()).put("clicked", clicked ? 1.0 : 0.0);
      post("/reward", reward);
      clicks += clicked ? 1 : 0;
    }
    Visit other = world.visit(number, SEED);
    double without = 0;
    while (!other.isOver()) {
      String id = number + "-" + other.step();
      int item = frozen.decide(List.of(seen(other, number)), List.of(id)).get(0).action();
      without += other.recommend(item, day) ? 1 : 0;
    }
    return new Visited(clicks, without);
  }

  private static ObjectNode seen(Visit visit, long number) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("visit", "visit-" + number)
        .put("step", visit.step())
        .put("east", (double) visit.seen().numbers()[0])
        .put("north", (double) visit.seen().numbers()[1])
        .put("device", visit.device());
  }

  private JsonNode post(String path, JsonNode body) throws IOException, InterruptedException {
    HttpResponse<byte[]> response =
        client.send(
            HttpRequest.newBuilder(server.resolve(path))
                .POST(HttpRequest.BodyPublishers.ofString(CanonicalJson.line(body)))
                .build(),
            HttpResponse.BodyHandlers.ofByteArray());
    if (response.statusCode() != 200) {
      throw new IOException(
          path
              + " was answered with "
              + response.statusCode()
              + ": "
              + new String(response.body(), StandardCharsets.UTF_8));
    }
    return CanonicalJson.tree(response.body());
  }
}
