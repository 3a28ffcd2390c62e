package dev.hindcast.training.loop;

import dev.hindcast.training.learner.Losses;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Stream;

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
  /** Leaves room on a line of 100 for the name of the trial before it. */
  private static final int WIDTH = 80;

  /**
   * One line for people: "4,000 of 20,000 updates, 512/s, 31 s left, value 0.71, critic loss
   * 0.0213". Predicted returns come before losses; what makes the line too long is left out.
   */
  public String inWords() {
    StringBuilder line =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                "%,d of %,d updates, %.0f/s, %s left",
                updates,
                total,
                updatesPerSecond,
                inWords(remaining)));
    Stream.concat(figures(Alarms::isValue), figures(name -> name.endsWith("loss")))
        .filter(figure -> line.length() + figure.length() <= WIDTH)
        .forEachOrdered(line::append);
    return line.toString();
  }

  private Stream<String> figures(Predicate<String> wanted) {
    return losses.values().entrySet().stream()
        .filter(entry -> wanted.test(entry.getKey()))
        .map(
            entry ->
                String.format(
                    Locale.ROOT, ", %s %.3g", entry.getKey().replace('_', ' '), entry.getValue()));
  }

  private static String inWords(Duration time) {
    if (time.toSeconds() < 120) {
      return time.toSeconds() + " s";
    }
    return time.toMinutes() < 120 ? time.toMinutes() + " min" : time.toHours() + " h";
  }
}
