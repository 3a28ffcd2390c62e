package dev.hindcast.benchmarks;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hindcast.core.config.ConfigDocument;
import dev.hindcast.core.config.UserError;
import dev.hindcast.core.policy.Bundle;
import dev.hindcast.core.policy.BundleLoader;
import dev.hindcast.gbrl.bundle.TreeBundleFormat;
import dev.hindcast.offlinerl.bundle.NeuralBundleFormat;
import dev.hindcast.serving.http.ServeConfig;
import dev.hindcast.serving.scorer.PolicyScorer;
import dev.hindcast.serving.scorer.ServedVersion;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * How long answers take. {@code scorer CONFIG BUNDLE...} asks bundles for one row at a time inside
 * this process. {@code http CONFIG BUNDLE URL RATE SECONDS} sends requests for a served bundle at a
 * fixed pace, whether or not earlier ones were answered, and counts from the moment at which each
 * was due: a server that stops for a second is charged with every request of that second.
 */
public final class ServeLatencyMain {
  private static final int WARM_UP = 20_000;
  private static final int ROWS = 20_000;

  private ServeLatencyMain() {}

  /** See above. */
  public static void main(String[] arguments) {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    if (arguments.length >= 3 && arguments[0].equals("scorer")) {
      out.println(Latencies.head("bundle"));
      ServeConfig config = config(arguments[1]);
      for (int i = 2; i < arguments.length; i++) {
        Bundle bundle = loader().load(Path.of(arguments[i]));
        out.println(scorer(config, bundle, WARM_UP, ROWS).row(bundle.manifest().name()));
      }
    } else if (arguments.length == 6 && arguments[0].equals("http")) {
      out.println(Latencies.head("bundle"));
      Bundle bundle = loader().load(Path.of(arguments[2]));
      List<ObjectNode> requests =
          SimulatedRequests.of(bundle.manifest(), config(arguments[1]).mapping(), 1000, 0);
      URI uri = URI.create(arguments[3] + "/decide");
      int rate = Integer.parseInt(arguments[4]);
      int seconds = Integer.parseInt(arguments[5]);
      warmUp(requests, uri, WARM_UP / 2);
      out.println(http(requests, uri, rate, seconds * rate).row(bundle.manifest().name()));
    } else {
      throw UserError.usage(
          "Cannot measure: give scorer CONFIG BUNDLE..., or http CONFIG BUNDLE URL RATE SECONDS.");
    }
  }

  private static BundleLoader loader() {
    List<BundleLoader.Format> formats = new ArrayList<>(NeuralBundleFormat.all());
    formats.addAll(TreeBundleFormat.all());
    return new BundleLoader(formats);
  }

  private static ServeConfig config(String file) {
    ConfigDocument document = ConfigDocument.read(Path.of(file), List.of());
    ServeConfig config = ServeConfig.from(document.root());
    List.of("train", "evaluate", "stream")
        .forEach(section -> document.root().at(section).leaveToOthers());
    document.finish();
    return config;
  }

  /** One row at a time, JSON object in, decision out. */
  static Latencies scorer(ServeConfig config, Bundle bundle, int warmUp, int rows) {
    PolicyScorer scorer =
        PolicyScorer.of(
            bundle,
            new ServedVersion(
                bundle.manifest().name(),
                bundle.manifest().fingerprint(),
                "",
                Optional.empty(),
                Optional.empty()),
            config.mapping(),
            config.keepsMissing(),
            config.behavior());
    List<ObjectNode> requests = SimulatedRequests.of(bundle.manifest(), config.mapping(), 1000, 0);
    long[] nanos = new long[rows];
    for (int i = -warmUp; i < rows; i++) {
      List<ObjectNode> one = List.of(requests.get(Math.floorMod(i, requests.size())));
      List<String> id = List.of("decision-" + i);
      long began = System.nanoTime();
      scorer.decide(one, id);
      if (i >= 0) {
        nanos[i] = System.nanoTime() - began;
      }
    }
    return new Latencies(nanos);
  }

  /** One request after the other, while server and client are being compiled. */
  private static void warmUp(List<ObjectNode> requests, URI uri, int many) {
    HttpClient client = client();
    for (int i = 0; i < many; i++) {
      var unused =
          client
              .sendAsync(
                  request(uri, requests.get(i % requests.size())),
                  HttpResponse.BodyHandlers.ofString())
              .join();
    }
  }

  private static HttpClient client() {
    return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  }

  private static HttpRequest request(URI uri, ObjectNode body) {
    return HttpRequest.newBuilder(uri)
        .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
        .build();
  }

  /** An open loop: request i is due at the beginning plus i divided by the rate. */
  static Latencies http(List<ObjectNode> requests, URI uri, int rate, int many) {
    HttpClient client = client();
    long[] nanos = new long[many];
    AtomicInteger refused = new AtomicInteger();
    List<CompletableFuture<?>> answers = new ArrayList<>(many);
    long began = System.nanoTime();
    for (int i = 0; i < many; i++) {
      int index = i;
      long due = began + (long) (1e9 * i / rate);
      for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
      answers.add(
          client
              .sendAsync(
                  request(uri, requests.get(i % requests.size())),
                  HttpResponse.BodyHandlers.ofString())
              .thenAccept(
                  response -> {
                    nanos[index] = System.nanoTime() - due;
                    if (response.statusCode() != 200) {
                      refused.incrementAndGet();
                    }
                  }));
    }
    CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new)).join();
    if (refused.get() > 0) {
      throw UserError.data(
          "Cannot report times: " + refused.get() + " of " + many + " requests were refused.");
    }
    return new Latencies(nanos);
  }
}
