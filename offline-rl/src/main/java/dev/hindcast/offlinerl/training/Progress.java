package dev.hindcast.offlinerl.training;

import dev.hindcast.offlinerl.algorithm.Losses;
import java.time.Duration;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * How far training has come.
 *
 * @param updates made so far
 * @param total to be made
 * @param updatesPerSecond since this process began
 * @param losses of the last update
 * @param remaining the time that the rest will take at this speed
 */
public record Progress(
    long updates, long total, double updatesPerSecond, Losses losses, Duration remaining) {
  /** One line for people: "4,000 of 20,000 updates, 512/s, critic_loss 0.0213, 31 s left". */
  public String inWords() {
    String figures =
        losses.values().entrySet().stream()
            .filter(entry -> entry.getKey().endsWith("loss"))
            .map(entry -> String.format(Locale.ROOT, ", %s %.3g", entry.getKey(), entry.getValue()))
            .collect(Collectors.joining());
    return String.format(
        Locale.ROOT,
        "%,d of %,d updates, %.0f/s%s, %s left",
        updates,
        total,
        updatesPerSecond,
        figures.replace('_', ' '),
        inWords(remaining));
  }

  private static String inWords(Duration time) {
    if (time.toSeconds() < 120) {
      return time.toSeconds() + " s";
    }
    return time.toMinutes() < 120 ? time.toMinutes() + " min" : time.toHours() + " h";
  }
}
