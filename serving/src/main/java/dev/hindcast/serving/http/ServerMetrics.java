package dev.hindcast.serving.http;

import dev.hindcast.serving.scorer.LivePolicy;
import dev.hindcast.serving.scorer.ServedVersion;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.function.IntSupplier;

/** What Prometheus is told. Each server has a registry of its own. */
final class ServerMetrics {
  static final String CONTENT_TYPE = PrometheusTextFormatWriter.CONTENT_TYPE;

  /** Ends of latency classes, in seconds: fine where answers should be. */
  private static final double[] SECONDS = {
    0.0005, 0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.02, 0.05, 0.1, 0.25, 1
  };

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final PrometheusTextFormatWriter writer =
      PrometheusTextFormatWriter.builder().setIncludeCreatedTimestamps(false).build();
  private final Counter requests;
  private final Histogram seconds;
  private final Counter decisions;
  private final Counter rewards;
  private final Counter logFailures;

  ServerMetrics(LivePolicy policy, IntSupplier waiting) {
    requests =
        Counter.builder()
            .name("hindcast_requests_total")
            .help("Requests by endpoint and status.")
            .labelNames("endpoint", "status")
            .register(registry);
    seconds =
        Histogram.builder()
            .name("hindcast_request_seconds")
            .help("Time from the first byte of a request being read to its answer being sent.")
            .labelNames("endpoint")
            .classicOnly()
            .classicUpperBounds(SECONDS)
            .register(registry);
    decisions =
        Counter.builder()
            .name("hindcast_decisions_total")
            .help("Decisions that were logged and answered.")
            .register(registry);
    rewards =
        Counter.builder()
            .name("hindcast_rewards_total")
            .help("Rewards that were logged.")
            .register(registry);
    logFailures =
        Counter.builder()
            .name("hindcast_log_failures_total")
            .help("Requests that were refused because they could not be logged.")
            .register(registry);
    gauge("hindcast_waiting_requests", "Requests under way or waiting.", waiting::getAsInt);
    gauge("hindcast_policy_swaps", "How often another version was taken.", policy::swaps);
    gauge(
        "hindcast_policy_refused",
        "1 while the version that the registry names is refused and an older one decides.",
        () -> policy.refusal().isPresent() ? 1 : 0);
    GaugeWithCallback.builder()
        .name("hindcast_policy_version")
        .help("The number of the version that decides, 0 for a bundle without a registry.")
        .labelNames("policy", "fingerprint")
        .callback(
            callback -> {
              ServedVersion version = policy.current().version();
              callback.call(
                  version.number().orElse(0), version.policy(), version.fingerprint().value());
            })
        .register(registry);
  }

  private void gauge(String name, String help, java.util.function.DoubleSupplier value) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .callback(callback -> callback.call(value.getAsDouble()))
        .register(registry);
  }

  void answered(String endpoint, int status, long nanos) {
    requests.labelValues(endpoint, Integer.toString(status)).inc();
    seconds.labelValues(endpoint).observe(nanos * 1e-9);
  }

  void decided(int many) {
    decisions.inc(many);
  }

  void rewarded(int many) {
    rewards.inc(many);
  }

  void logFailed() {
    logFailures.inc();
  }

  /** In Prometheus' text format. */
  byte[] text() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    writer.write(bytes, registry.scrape());
    return bytes.toByteArray();
  }
}
