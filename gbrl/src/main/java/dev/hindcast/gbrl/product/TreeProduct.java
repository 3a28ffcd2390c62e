package dev.hindcast.gbrl.product;

import dev.hindcast.core.config.Require;
import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.gbrl.tree.Ensemble;
import dev.hindcast.gbrl.tree.Features;
import dev.hindcast.gbrl.tree.Forest;
import dev.hindcast.gbrl.tree.Output;
import dev.hindcast.training.head.Head;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Ensembles at one moment, with a head.
 *
 * @param head how outputs are read
 * @param ensembles by role, as the head names them
 * @param vectors numbers besides ensembles, as the head names them; not copied
 */
public record TreeProduct(Head head, Map<String, Trees> ensembles, Map<String, float[]> vectors) {
  /** Copies the maps, in the order of their keys. */
  public TreeProduct {
    ensembles = Collections.unmodifiableMap(new TreeMap<>(ensembles));
    vectors = Collections.unmodifiableMap(new TreeMap<>(vectors));
  }

  /**
   * What an ensemble is shown besides the observation. Where the head reads one output for each
   * discrete action, an ensemble may also be shown the action and have one output.
   */
  public enum Input {
    /** Nothing. */
    OBSERVATION,
    /** The action, as {@link Features#withAction} has it. */
    OBSERVATION_AND_ACTION;

    /** The features of such an ensemble. */
    public Features features(ObservationSpace observationSpace, ActionSpace actionSpace) {
      return this == OBSERVATION
          ? Features.of(observationSpace)
          : Features.withAction(observationSpace, actionSpace);
    }
  }

  /**
   * One ensemble.
   *
   * @param input what it is shown
   * @param outputs names of its outputs
   * @param bytes as {@link Ensemble#bytes()} writes them; not copied
   */
  @SuppressWarnings("ArrayRecordComponent") // on its way to or from a file; never compared
  public record Trees(Input input, List<String> outputs, byte[] bytes) {
    /** Copies the names. */
    public Trees {
      outputs = List.copyOf(outputs);
    }

    /** An ensemble as it is now. */
    public static Trees of(Input input, Ensemble ensemble) {
      return new Trees(
          input, ensemble.outputs().stream().map(Output::name).toList(), ensemble.bytes());
    }

    /** In plain Java. */
    public Forest forest() {
      return Forest.read(bytes);
    }
  }

  /** Of one ensemble. */
  public static TreeProduct of(Head head, String role, Trees trees) {
    return new TreeProduct(head, Map.of(role, trees), Map.of());
  }

  /**
   * Checks that there is what the head needs and nothing else, and that it fits these spaces.
   *
   * @throws IllegalArgumentException when it does not; the message says what
   */
  public void checkFits(ObservationSpace observationSpace, ActionSpace actionSpace) {
    boolean isDiscrete = actionSpace instanceof ActionSpace.Discrete;
    Require.that(
        head.isDiscrete() == isDiscrete,
        "the head " + head.getClass().getSimpleName() + " does not suit " + actionSpace.inWords());
    int size =
        actionSpace instanceof ActionSpace.Box box
            ? box.dimensions()
            : ((ActionSpace.Discrete) actionSpace).size();
    Map<String, Head.Shape> shapes = head.shapes(size);
    Require.that(
        shapes.keySet().equals(ensembles.keySet()),
        "there are ensembles " + ensembles.keySet() + ", not " + new TreeSet<>(shapes.keySet()));
    shapes.forEach(
        (role, shape) -> {
          try {
            check(ensembles.get(role), shape, observationSpace, actionSpace);
          } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("ensemble " + role + ": " + e.getMessage(), e);
          }
        });
    Require.that(
        vectors.keySet().equals(head.vectors()),
        "there are vectors " + vectors.keySet() + ", not " + head.vectors());
    vectors.forEach(
        (name, numbers) ->
            Require.that(
                numbers.length == size,
                "vector " + name + " has " + numbers.length + " numbers, not " + size));
  }

  private void check(
      Trees trees, Head.Shape shape, ObservationSpace observationSpace, ActionSpace actionSpace) {
    Require.that(
        shape.extra() == 0 || head instanceof Head.ActionValue,
        "trees cannot be shown what another ensemble gives, as the head "
            + head.getClass().getSimpleName()
            + " asks");
    boolean seesAction = trees.input() == Input.OBSERVATION_AND_ACTION;
    boolean isOfPoint = head instanceof Head.ActionValue;
    Require.that(
        isOfPoint ? seesAction : !seesAction || head.isDiscrete(),
        isOfPoint ? "it is not shown the action" : "it is shown an action that nobody gives");
    int outputs = seesAction ? 1 : shape.outputs();
    trees.forest().checkFits(trees.input().features(observationSpace, actionSpace), outputs);
    Require.that(
        trees.outputs().size() == outputs,
        "it has " + trees.outputs().size() + " names for " + outputs + " outputs");
  }
}
