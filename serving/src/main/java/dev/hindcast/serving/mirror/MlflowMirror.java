package dev.hindcast.serving.mirror;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hindcast.core.artefact.Fingerprint;
import dev.hindcast.core.mlflow.MlflowApi;
import dev.hindcast.core.mlflow.MlflowApi.Entry;
import dev.hindcast.serving.registry.Alias;
import dev.hindcast.serving.registry.Generation;
import dev.hindcast.serving.registry.Generation.Move;
import dev.hindcast.serving.registry.Justification;
import dev.hindcast.serving.registry.RegisteredPolicy;
import dev.hindcast.serving.registry.Version;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A registered model on an MLflow server that shows what a policy of a registry is: a version for
 * every one that was promoted, with what justified it, and the same aliases.
 *
 * <p>It is brought up to date rather than told of moves one by one, so what it missed while the
 * server was away, or while nobody asked for a mirror, is made up for the next time.
 */
public final class MlflowMirror {
  private static final Duration CALL = Duration.ofSeconds(10);
  private static final int LONGEST_TAG = 4_000;
  private static final int MOST_ATTEMPTS = 5;

  /** Stores whose addresses every MLflow server takes as the source of a version. */
  private static final Set<String> OBJECT_STORES =
      Set.of("s3", "s3a", "gs", "abfs", "abfss", "wasb", "wasbs");

  private static final String REGISTRY = "hindcast.registry";
  private static final String GENERATION = "hindcast.generation";
  private static final String VERSION = "hindcast.version";

  private final MlflowApi api;

  /**
   * What MLflow knows of a version.
   *
   * @param number its number there
   * @param generation the move that its tags tell of
   */
  private record Shown(String number, String generation) {}

  /**
   * A mirror on a server that nobody has asked anything yet.
   *
   * @param environment where credentials are looked up, as {@link MlflowApi} does
   */
  public MlflowMirror(URI server, Map<String, String> environment) {
    api = new MlflowApi(server, CALL, environment);
  }

  /**
   * Makes the model of the policy's name show what the registry says now.
   *
   * @throws IOException whose message is a sentence, when the server cannot be made to
   */
  public void update(RegisteredPolicy policy) throws IOException, InterruptedException {
    for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      List<Generation> history = policy.history();
      if (history.isEmpty()) {
        return;
      }
      show(policy, history);
      if (!policy.hasMovedSince(history.size())) { // else an older state may have come last
        return;
      }
    }
  }

  private void show(RegisteredPolicy policy, List<Generation> history)
      throws IOException, InterruptedException {
    Generation newest = history.get(history.size() - 1);
    JsonNode model = model(policy);
    Map<Integer, Generation> promotions = new TreeMap<>();
    history.stream()
        .filter(generation -> generation.move() == Move.PROMOTE)
        .forEach(generation -> promotions.put(generation.version(), generation));
    Map<Integer, Shown> shown = shown(policy.name());
    Map<Integer, String> numbers = new TreeMap<>();
    for (Map.Entry<Integer, Generation> promotion : promotions.entrySet()) {
      Version version = policy.version(promotion.getKey());
      Shown before = shown.get(version.number());
      numbers.put(
          version.number(),
          before == null
              ? create(version, promotion.getValue())
              : describe(before, version, promotion.getValue()));
    }
    Set<String> set =
        model.path("aliases").findValuesAsText("alias").stream().collect(Collectors.toSet());
    for (Alias alias : Alias.values()) {
      Optional<Integer> wanted = newest.version(alias);
      if (wanted.isPresent()) {
        api.post(
            "registered-models/alias",
            Map.of(
                "name", policy.name(), "alias", alias.key(), "version", numbers.get(wanted.get())));
      } else if (set.contains(alias.key())) {
        api.delete("registered-models/alias", Map.of("name", policy.name(), "alias", alias.key()));
      }
    }
    api.post(
        "registered-models/set-tag",
        Map.of("name", policy.name(), "key", GENERATION, "value", newest.number() + ""));
  }

  /** The model, made if it is not there; one that shows something else is left alone. */
  private JsonNode model(RegisteredPolicy policy) throws IOException, InterruptedException {
    Map<String, String> named = Map.of("name", policy.name());
    Optional<JsonNode> found = api.get("registered-models/get", named);
    if (found.isEmpty()) {
      try {
        api.post(
            "registered-models/create",
            Map.of(
                "name",
                policy.name(),
                "description",
                "What Hindcast's registry says; changed there, not here.",
                "tags",
                List.of(new Entry(REGISTRY, policy.registry()))));
      } catch (IOException e) {
        if (api.get("registered-models/get", named).isEmpty()) {
          throw e; // not because somebody else has just made it
        }
      }
      found = api.get("registered-models/get", named);
    }
    JsonNode model =
        found
            .orElseThrow(
                () -> new IOException(api.address() + " does not keep the models it is given"))
            .path("registered_model");
    String shows = tags(model).getOrDefault(REGISTRY, "");
    if (!shows.equals(policy.registry())) {
      throw new IOException(
          "the model "
              + policy.name()
              + " at "
              + api.address()
              + (shows.isEmpty()
                  ? " is not Hindcast's"
                  : " shows another registry, that at " + shows)
              + "; rename it, or if it should show this one set its tag "
              + REGISTRY
              + " to "
              + policy.registry());
    }
    return model;
  }

  /** The model's versions by their number in the registry. */
  private Map<Integer, Shown> shown(String policy) throws IOException, InterruptedException {
    Map<Integer, Shown> shown = new HashMap<>();
    String page = "";
    do {
      Map<String, String> query = new TreeMap<>(Map.of("filter", "name='" + policy + "'"));
      if (!page.isEmpty()) {
        query.put("page_token", page);
      }
      JsonNode answer =
          api.get("model-versions/search", query)
              .orElseThrow(
                  () -> new IOException(api.address() + " has no registry of models to search"));
      for (JsonNode version : answer.path("model_versions")) {
        Map<String, String> tags = tags(version);
        if (tags.getOrDefault(VERSION, "").matches("\\d{1,9}")) {
          shown.put(
              Integer.parseInt(tags.get(VERSION)),
              new Shown(version.path("version").asText(), tags.getOrDefault(GENERATION, "")));
        }
      }
      page = answer.path("next_page_token").asText("");
    } while (!page.isEmpty());
    return shown;
  }

  private String create(Version version, Generation promotion)
      throws IOException, InterruptedException {
    Map<String, String> tags = tags(version, promotion);
    tags.values().removeIf(String::isEmpty);
    return api.post(
            "model-versions/create",
            Map.of(
                "name",
                version.policy(),
                "source",
                source(version.bundle()),
                "tags",
                Entry.of(tags, LONGEST_TAG)))
        .path("model_version")
        .path("version")
        .asText();
  }

  /** Tells of the newest promotion of a version, where that is not what it tells of already. */
  private String describe(Shown shown, Version version, Generation promotion)
      throws IOException, InterruptedException {
    Map<String, String> tags = tags(version, promotion);
    if (!shown.generation().equals(tags.get(GENERATION))) {
      String last = tags.remove(GENERATION); // last: without it all is said again the next time
      for (Entry tag : Entry.of(tags, LONGEST_TAG)) {
        tag(version.policy(), shown.number(), tag);
      }
      tag(version.policy(), shown.number(), new Entry(GENERATION, last));
    }
    return shown.number();
  }

  private void tag(String policy, String number, Entry tag)
      throws IOException, InterruptedException {
    api.post(
        "model-versions/set-tag",
        Map.of("name", policy, "version", number, "key", tag.key(), "value", tag.value()));
  }

  /** What is told of a version; what does not apply is empty. */
  private static Map<String, String> tags(Version version, Generation promotion) {
    Justification why = promotion.justification();
    Optional<Justification.Evaluation> report = why.report();
    Map<String, String> tags = new TreeMap<>();
    tags.put(VERSION, version.number() + "");
    tags.put("hindcast.bundle", version.bundle());
    tags.put("hindcast.bundle.name", version.name());
    // named as the runs of training have it, so that a version's run is found by it
    tags.put("hindcast.bundle.fingerprint", version.fingerprint().value());
    tags.put("hindcast.dataset.fingerprint", text(version.dataset().map(Fingerprint::value)));
    tags.put(
        "hindcast.window", text(version.window().map(window -> window.from() + "/" + window.to())));
    tags.put(GENERATION, promotion.number() + "");
    tags.put("hindcast.at", promotion.at());
    tags.put("hindcast.by", promotion.by());
    tags.put("hindcast.basis", why.basis().key());
    tags.put("hindcast.forced", String.join(" ", why.forced()));
    tags.put("hindcast.reason", why.reason());
    tags.put("hindcast.report", text(report.map(Justification.Evaluation::place)));
    tags.put("hindcast.report.fingerprint", text(report.map(each -> each.fingerprint().value())));
    tags.put("hindcast.decision", text(report.map(Justification.Evaluation::decision)));
    tags.put("hindcast.estimator", text(report.flatMap(Justification.Evaluation::estimator)));
    tags.put("hindcast.value", text(report.flatMap(Justification.Evaluation::value)));
    tags.put("hindcast.lower-bound", text(report.flatMap(Justification.Evaluation::lower)));
    tags.put("hindcast.upper-bound", text(report.flatMap(Justification.Evaluation::upper)));
    return tags;
  }

  private static String text(Optional<?> value) {
    return value.map(Object::toString).orElse("");
  }

  /**
   * Where the bundle is, in the words that MLflow takes. It refuses paths of its own disk, and
   * stores whose address names a host, because it might be made to read there; under a scheme that
   * it cannot open it takes them. The tag {@code hindcast.bundle} has the place as it is.
   */
  static String source(String bundle) {
    int colon = bundle.indexOf(':');
    String scheme = colon > 0 && !bundle.startsWith("/") ? bundle.substring(0, colon) : "";
    if (OBJECT_STORES.contains(scheme)) {
      return bundle;
    }
    return "hindcast:" + (scheme.isEmpty() ? bundle : bundle.substring(colon + 1));
  }

  private static Map<String, String> tags(JsonNode of) {
    Map<String, String> tags = new HashMap<>();
    of.path("tags").forEach(tag -> tags.put(tag.path("key").asText(), tag.path("value").asText()));
    return tags;
  }
}
