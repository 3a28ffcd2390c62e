package dev.hindcast.ingestion.check;

import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.ingestion.mapping.Event;
import java.util.Optional;

/** Numbers are numbers: neither infinite nor, where they cannot be missing, NaN. */
final class NonFiniteValue implements EventCheck {
  @Override
  public String name() {
    return "non-finite-value";
  }

  @Override
  public String description() {
    return "a reward or an action is NaN or infinite, or an observation infinite";
  }

  @Override
  public Optional<String> broken(Event event, ActionSpace actions) {

    if (!Double.isFinite(event.reward())) {
      return Optional.of("reward is " + event.reward());
    }
    for (double part : event.rewardParts()) {
      if (!Double.isFinite(part)) {
        return Optional.of("a component of the reward is " + part);
      }
    }
    float[] numbers = event.seen().numbers();
    for (int i = 0; i < numbers.length; i++) {
      if (Float.isInfinite(numbers[i])) {
        return Optional.of("numeric observation field " + i + " is " + numbers[i]);
      }
    }
    for (float coordinate : event.vector()) {
      if (!Float.isFinite(coordinate)) {
        return Optional.of("an action coordinate is " + coordinate);
      }
    }
    return Optional.empty();
  }
}
