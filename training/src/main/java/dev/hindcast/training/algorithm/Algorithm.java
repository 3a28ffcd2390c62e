package dev.hindcast.training.algorithm;

import dev.hindcast.core.data.DatasetManifest.PartSummary;
import dev.hindcast.core.data.Normalizer;
import dev.hindcast.training.learner.Meeting;
import dev.hindcast.training.loop.Schedule;
import dev.hindcast.training.sampling.Draws;
import dev.hindcast.training.sampling.Uses;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * An entry of the catalogue: what there is to know of an algorithm before it runs, and how to begin
 * it. It travels to executors.
 */
public interface Algorithm extends Serializable {
  /** What configs call it. */
  String name();

  /** One line for people. */
  String description();

  /** Which kinds of actions it is for. */
  Actions actions();

  /** Its own settings, each with its default. */
  Record defaults();

  /** What comes out. */
  Yields yields();

  /** What goes in. */
  Uses uses();

  /** How. */
  Draws draws();

  /**
   * Whether learners that saw different parts of the data have a mean, so that it can be trained in
   * rounds on several executors.
   */
  boolean hasMean();

  /**
   * How its learners on several machines can learn as one, each from a part of the data: what they
   * learn is then what one learner of all of it would have. Empty where they cannot.
   */
  default Optional<Meeting> meeting() {
    return Optional.empty();
  }

  /**
   * Whether a learner that stands where another one did goes on from there with other steps. Where
   * not, it begins anew whenever there are others to learn from.
   */
  default boolean goesOn() {
    return false;
  }

  /**
   * What moves numeric fields to what a bundle's policy was trained on, for a learner that is to
   * {@linkplain Trainee#takeUp take it up}; empty where they are taken as they are.
   *
   * @param bundle a folder whose manifest and files have been checked
   * @throws dev.hindcast.core.config.UserError when no learner of this room could take it up
   */
  default Optional<Normalizer> normalizer(Path bundle) {
    return Optional.empty();
  }

  /**
   * The shared settings that mean nothing to it, by their keys in configs, each with what to do
   * instead, as the end of a sentence: "every round sees all steps". They do not enter what made a
   * bundle, and an entry of its own may not set them.
   */
  default Map<String, String> ignored() {
    return Map.of();
  }

  /**
   * How long it trains.
   *
   * @param settings those every algorithm has
   * @param options its own, of the kind of {@link #defaults}
   */
  default Schedule schedule(TrainSettings settings, Record options) {
    return settings.schedule();
  }

  /**
   * What makes success unlikely, known before it begins; one or two sentences with what to do.
   *
   * @param settings those every algorithm has
   * @param options its own
   * @param discount γ, in [0, 1]
   * @param training what it will learn from
   */
  default Optional<String> doubt(
      TrainSettings settings, Record options, double discount, PartSummary training) {
    return Optional.empty();
  }

  /**
   * Begins it.
   *
   * @throws dev.hindcast.core.config.UserError when it cannot learn from such data, or not there
   */
  Trainee open(Assignment assignment);
}
