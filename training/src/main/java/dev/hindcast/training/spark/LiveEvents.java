package dev.hindcast.training.spark;

import dev.hindcast.dataset.ArtefactWriter;
import dev.hindcast.training.bundle.EventFile;
import dev.hindcast.training.loop.Metrics;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Keeps the TensorBoard event file of an unfinished bundle up to date, so that training can be
 * watched. The file only ever grows: what a reader has seen of it stays.
 */
final class LiveEvents implements Consumer<Metrics> {
  private static final Duration INTERVAL = Duration.ofSeconds(10);

  private final ArtefactWriter writer;
  private long written = System.nanoTime();

  LiveEvents(ArtefactWriter writer) {
    this.writer = writer;
  }

  @Override
  public void accept(Metrics metrics) {
    long now = System.nanoTime();
    if (now - written >= INTERVAL.toNanos()) {
      finish(metrics);
      written = now;
    }
  }

  /** Writes it whole. */
  void finish(Metrics metrics) {
    writer.write(EventFile.NAME, EventFile.of(metrics.text()));
  }
}
