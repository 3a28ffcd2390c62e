package dev.hindcast.training.algorithm;

import dev.hindcast.core.config.DidYouMean;
import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.training.learner.Experience;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The algorithms that configs can name.
 *
 * @param all that can learn from a dataset alone, in the order people should read them
 * @param streamed those that need fresh episodes of the very policy they train, {@link
 *     Experience#fresh()}
 */
public record Catalogue(List<Algorithm> all, List<Algorithm> streamed) {
  /** Copies the lists and checks that no name is there twice. */
  public Catalogue {
    all = List.copyOf(all);
    streamed = List.copyOf(streamed);
    Set<String> names = new HashSet<>();
    Stream.concat(all.stream(), streamed.stream())
        .map(Algorithm::name)
        .filter(name -> !names.add(name))
        .findFirst()
        .ifPresent(
            name -> {
              throw new IllegalArgumentException("There are two algorithms " + name + ".");
            });
  }

  /** The algorithms of this room and then those of another. */
  public Catalogue and(Catalogue room) {
    return new Catalogue(
        Stream.concat(all.stream(), room.all.stream()).toList(),
        Stream.concat(streamed.stream(), room.streamed.stream()).toList());
  }

  /** The algorithm of a name among {@link #all()}. */
  public Optional<Algorithm> named(String name) {
    return all.stream().filter(algorithm -> algorithm.name().equals(name)).findFirst();
  }

  /** Why there is none of this name: the end of an error message. */
  public String refusal(String name) {
    if (streamed.stream().anyMatch(algorithm -> algorithm.name().equals(name))) {
      return name
          + " needs fresh interactions: each of its iterations learns from new episodes of the very policy it trains, which a dataset does not hold. Train it in a stream; hindcast list algorithms names those that learn from a dataset alone";
    }
    return "there is no algorithm '"
        + name
        + "'."
        + DidYouMean.hint(name, all.stream().map(Algorithm::name).toList());
  }

  /** What compares policies while they are trained: the first that values actions. */
  public Optional<Algorithm> judge() {
    return all.stream().filter(algorithm -> algorithm.yields() == Yields.Q_FUNCTION).findFirst();
  }

  /**
   * Refuses data of a kind of actions that an algorithm is not for.
   *
   * @throws UserError that says so and names those that are
   */
  public void check(Algorithm algorithm, ActionSpace space) {
    if (algorithm.actions().admit(space)) {
      return;
    }
    boolean isDiscrete = algorithm.actions() == Actions.DISCRETE;
    throw UserError.usage(
        "Cannot train "
            + algorithm.name()
            + ": it is for "
            + (isDiscrete ? "discrete" : "continuous")
            + " actions, and the dataset's action space is "
            + space.inWords()
            + ". "
            + (isDiscrete ? "Ingest the action as discrete" : "Ingest the action as a box")
            + ", or train one of these: "
            + all.stream()
                .filter(other -> other.yields() == algorithm.yields())
                .filter(other -> other.actions().admit(space))
                .map(Algorithm::name)
                .collect(Collectors.joining(", "))
            + ".");
  }
}
