package dev.hindcast.serving.mirror;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.serving.Bundles;
import dev.hindcast.serving.registry.Promotion;
import dev.hindcast.serving.registry.RegisteredPolicy;
import dev.hindcast.serving.registry.Registry;
import dev.hindcast.serving.registry.Reports;
import dev.hindcast.serving.registry.Version;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a registry of models of the test's own; {@code MlflowRegistryIT} has the real one. */
class MlflowMirrorTest {
  @TempDir private Path folder;

  private final Map<String, String> modelTags = new TreeMap<>();
  private final List<Map<String, String>> versions = new ArrayList<>();
  private final Map<String, String> aliases = new TreeMap<>();
  private final List<String> calls = new ArrayList<>();
  private boolean isThere;
  private Optional<Runnable> meanwhile = Optional.empty();
  private int callsUntilOutage = Integer.MAX_VALUE;
  private HttpServer http;
  private RegisteredPolicy shop;

  @BeforeEach
  void open() throws IOException {
    shop = Registry.at(folder.resolve("registry").toString()).policy("shop");
    http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    http.createContext("/api/2.0/mlflow/", this::handle);
    http.start();
  }

  @AfterEach
  void stop() {
    http.stop(0);
  }

  @Test
  void everyPromotionIsAVersionWithItsReasonsAndAliasesMove() throws Exception {
    Version first = promoted("one", 0.1);
    update();
    Version second = promoted("two", 0.2);
    Version third = registered("three", 0.3);
    registered("four", 0.4); // never promoted: nothing to show
    shop.challenge(third.number(), "", "bob");
    update();
    assertThat(versions).hasSize(3);
    assertThat(aliases).containsOnly(Map.entry("champion", "2"), Map.entry("challenger", "3"));
    assertThat(versions.get(0))
        .containsEntry("source", "hindcast:" + first.bundle())
        .containsEntry("hindcast.bundle", first.bundle())
        .containsEntry("hindcast.bundle.fingerprint", first.fingerprint().value())
        .containsEntry("hindcast.report", folder.resolve("report-1").toString())
        .containsEntry("hindcast.basis", "report")
        .containsEntry("hindcast.decision", "promote");
    assertThat(Double.parseDouble(versions.get(1).get("hindcast.lower-bound"))).isEqualTo(0.75);
    assertThat(versions.get(1))
        .containsEntry("hindcast.version", second.number() + "")
        .containsEntry("hindcast.by", "ann")
        .containsEntry("hindcast.generation", "2");
    assertThat(versions.get(2))
        .containsEntry("hindcast.basis", "choice")
        .doesNotContainKey("hindcast.report");
    assertThat(modelTags).containsEntry("hindcast.generation", "3");

    shop.rollback(Optional.empty(), Optional.empty(), "sales fell", "bob");
    update();
    assertThat(versions).hasSize(3);
    assertThat(aliases).containsOnly(Map.entry("champion", "1"), Map.entry("challenger", "3"));
  }

  @Test
  void aChallengerThatBecomesChampionTellsWhyAndLeavesItsOldAlias() throws Exception {
    Version version = registered("one", 0.1);
    shop.challenge(version.number(), "", "bob");
    update();
    shop.promote(Promotion.by("ann", version.number(), report(version)));
    update();
    assertThat(aliases).containsOnly(Map.entry("champion", "1"));
    assertThat(versions)
        .singleElement()
        .satisfies(
            shown ->
                assertThat(shown)
                    .containsEntry("hindcast.basis", "report")
                    .containsEntry("hindcast.by", "ann")
                    .containsEntry("hindcast.report", folder.resolve("report-1").toString()));
  }

  @Test
  void whatWasMissedWhileTheServerWasAwayIsMadeUpFor() throws Exception {
    promoted("one", 0.1);
    promoted("two", 0.2);
    callsUntilOutage = 4; // in the middle of it
    assertThatThrownBy(this::update)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("answered 503: no reason given");
    callsUntilOutage = Integer.MAX_VALUE;
    promoted("three", 0.3);
    update();
    assertThat(versions)
        .extracting(version -> version.get("hindcast.version"))
        .containsExactly("1", "2", "3");
    assertThat(aliases).containsOnly(Map.entry("champion", "3"));

    calls.clear();
    update();
    assertThat(versions).hasSize(3);
    assertThat(calls)
        .containsExactly(
            "GET registered-models/get",
            "GET model-versions/search",
            "GET model-versions/search",
            "POST registered-models/alias",
            "POST registered-models/set-tag");
  }

  @Test
  void aMoveMadeMeanwhileIsShownToo() throws Exception {
    promoted("one", 0.1);
    meanwhile = Optional.of(() -> promoted("two", 0.2));
    update();
    assertThat(aliases).containsOnly(Map.entry("champion", "2"));
  }

  @Test
  void modelsOfOthersAreLeftAlone() throws Exception {
    promoted("one", 0.1);
    isThere = true;
    assertThatThrownBy(this::update)
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("the model shop at " + address() + " is not Hindcast's")
        .hasMessageContaining("set its tag hindcast.registry to " + folder.resolve("registry"));
    modelTags.put("hindcast.registry", "/other");
    assertThatThrownBy(this::update).hasMessageContaining("shows another registry, that at /other");
    assertThat(versions).isEmpty();
  }

  @Test
  void withoutAnyMoveNothingIsSaid() throws Exception {
    registered("one", 0.1);
    update();
    assertThat(calls).isEmpty();
  }

  @Test
  void placesOfBundlesAreSaidInWordsThatMlflowTakes() {
    assertThat(MlflowMirror.source("/data/bundle")).isEqualTo("hindcast:/data/bundle");
    assertThat(MlflowMirror.source("file:///data/bundle")).isEqualTo("hindcast:///data/bundle");
    assertThat(MlflowMirror.source("hdfs://names:8020/b")).isEqualTo("hindcast://names:8020/b");
    assertThat(MlflowMirror.source("gs://bucket/b")).isEqualTo("gs://bucket/b");
  }

  private void update() throws IOException, InterruptedException {
    new MlflowMirror(address(), Map.of()).update(shop);
  }

  private URI address() {
    return URI.create("http://127.0.0.1:" + http.getAddress().getPort());
  }

  private Version registered(String name, double content) {
    String bundle = Bundles.write(folder.resolve(name), content, Optional.empty()).toString();
    return shop.register(bundle, Optional.empty(), "ann");
  }

  private String report(Version version) {
    return Reports.publish(
            folder.resolve("report-" + version.number()),
            Reports.good(version.name(), version.fingerprint()))
        .toString();
  }

  private Version promoted(String name, double content) {
    Version version = registered(name, content);
    shop.promote(Promotion.by("ann", version.number(), report(version)));
    return version;
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] content = exchange.getRequestBody().readAllBytes();
      String call = exchange.getRequestURI().getPath().replaceFirst("^/api/2.0/mlflow/", "");
      calls.add(exchange.getRequestMethod() + " " + call);
      Optional<Object> answer =
          callsUntilOutage-- <= 0
              ? Optional.empty()
              : answer(
                  exchange.getRequestMethod() + " " + call,
                  String.valueOf(exchange.getRequestURI().getRawQuery()),
                  CanonicalJson.tree(content.length == 0 ? "{}".getBytes(UTF_8) : content));
      boolean isMissing = answer.isPresent() && answer.get().equals("none");
      byte[] body = CanonicalJson.bytes(isMissing ? Map.of() : answer.orElse(Map.of()));
      exchange.sendResponseHeaders(isMissing ? 404 : answer.isEmpty() ? 503 : 200, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  /** What MLflow does with a call, as far as the mirror can tell; two versions on a page. */
  private Optional<Object> answer(String call, String query, JsonNode content) {
    String alias = content.path("alias").asText();
    switch (call) {
      case "GET registered-models/get" -> {
        List<Map<String, String>> set =
            aliases.keySet().stream().map(each -> Map.of("alias", each)).toList();
        return isThere
            ? Optional.of(
                Map.of("registered_model", Map.of("tags", listed(modelTags), "aliases", set)))
            : Optional.of("none");
      }
      case "POST registered-models/create" -> {
        isThere = true;
        modelTags.putAll(tags(content));
      }
      case "POST registered-models/set-tag" -> modelTags.putAll(tag(content));
      case "GET model-versions/search" -> {
        assertThat(query).contains("filter=name%3D%27shop%27");
        int from = query.contains("page_token=2") ? 2 : 0;
        List<Map<String, Object>> page = new ArrayList<>();
        for (int i = from; i < Math.min(versions.size(), from + 2); i++) {
          page.add(Map.of("version", (i + 1) + "", "tags", listed(versions.get(i))));
        }
        boolean isLast = versions.size() <= from + 2;
        return Optional.of(
            isLast
                ? Map.of("model_versions", page)
                : Map.of("model_versions", page, "next_page_token", "2"));
      }
      case "POST model-versions/create" -> {
        Map<String, String> version = new TreeMap<>(tags(content));
        version.put("source", content.path("source").asText());
        versions.add(version);
        Optional<Runnable> once = meanwhile;
        meanwhile = Optional.empty();
        once.ifPresent(Runnable::run);
        return Optional.of(Map.of("model_version", Map.of("version", versions.size() + "")));
      }
      case "POST model-versions/set-tag" ->
          versions.get(content.path("version").asInt() - 1).putAll(tag(content));
      case "POST registered-models/alias" -> aliases.put(alias, content.path("version").asText());
      case "DELETE registered-models/alias" -> aliases.remove(alias);
      default -> throw new AssertionError(call);
    }
    return Optional.of(Map.of());
  }

  private static List<Map<String, String>> listed(Map<String, String> tags) {
    return tags.entrySet().stream()
        .map(tag -> Map.of("key", tag.getKey(), "value", tag.getValue()))
        .toList();
  }

  private static Map<String, String> tags(JsonNode content) {
    Map<String, String> tags = new TreeMap<>();
    content.path("tags").forEach(tag -> tags.putAll(tag(tag)));
    return tags;
  }

  private static Map<String, String> tag(JsonNode content) {
    return Map.of(content.path("key").asText(), content.path("value").asText());
  }
}
