package dev.hindcast.offlinerl.product;

import dev.hindcast.core.data.ActionSpace;
import dev.hindcast.core.data.ObservationSpace;
import dev.hindcast.offlinerl.network.Architecture;
import dev.hindcast.training.head.Head;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A {@link Product} at one moment: numbers of its own, without a learner behind them.
 *
 * @param head how outputs are read
 * @param networks by role, as the head names them
 * @param vectors numbers besides networks, as the head names them; not copied
 */
public record FrozenProduct(
    Head head, Map<String, Weights> networks, Map<String, float[]> vectors) {
  /** Copies the maps, in the order of their keys. */
  public FrozenProduct {
    networks = Collections.unmodifiableMap(new TreeMap<>(networks));
    vectors = Collections.unmodifiableMap(new TreeMap<>(vectors));
  }

  /**
   * One network.
   *
   * @param architecture what it is made of
   * @param parameters in the order of {@link Architecture#tensors()}; not copied
   */
  @SuppressWarnings("ArrayRecordComponent") // on its way to or from a file; never compared
  public record Weights(Architecture architecture, float[] parameters) {}

  /** Of one network. */
  public static FrozenProduct of(Head head, String role, Weights weights) {
    return new FrozenProduct(head, Map.of(role, weights), Map.of());
  }

  /** Its numbers alone, as {@link #with} reads them. */
  public byte[] numbers() {
    int length = arrays().mapToInt(array -> array.length).sum();
    ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * length);
    FloatBuffer floats = bytes.asFloatBuffer();
    arrays().forEach(floats::put);
    return bytes.array();
  }

  /**
   * A product like this one with other numbers.
   *
   * @param numbers {@link #numbers()} of a product with the same head and architectures
   */
  public FrozenProduct with(byte[] numbers) {
    FloatBuffer left = ByteBuffer.wrap(numbers).asFloatBuffer();
    Map<String, Weights> weights = new TreeMap<>(networks);
    weights.replaceAll(
        (role, old) -> new Weights(old.architecture(), next(left, old.parameters().length)));
    Map<String, float[]> others = new TreeMap<>(vectors);
    others.replaceAll((name, old) -> next(left, old.length));
    return new FrozenProduct(head, weights, others);
  }

  private static float[] next(FloatBuffer left, int length) {
    float[] numbers = new float[length];
    left.get(numbers);
    return numbers;
  }

  private Stream<float[]> arrays() {
    return Stream.concat(
        networks.values().stream().map(Weights::parameters), vectors.values().stream());
  }

  /**
   * Checks that there is what the head needs and nothing else, and that it fits these spaces.
   *
   * @throws IllegalArgumentException when it does not; the message says what
   */
  public void checkFits(ObservationSpace observationSpace, ActionSpace actionSpace) {
    boolean isDiscrete = actionSpace instanceof ActionSpace.Discrete;
    check(
        head.isDiscrete() == isDiscrete,
        "the head " + head.getClass().getSimpleName() + " does not suit " + actionSpace.inWords());
    int size =
        actionSpace instanceof ActionSpace.Box box
            ? box.dimensions()
            : ((ActionSpace.Discrete) actionSpace).size();
    Map<String, Head.Shape> shapes = head.shapes(size);
    check(
        shapes.keySet().equals(networks.keySet()),
        "there are networks " + networks.keySet() + ", not " + new TreeSet<>(shapes.keySet()));
    List<Integer> codes = observationSpace.categorical().stream().map(f -> f.codes()).toList();
    shapes.forEach(
        (role, shape) -> {
          Architecture found = networks.get(role).architecture();
          check(
              found.outputs() == shape.outputs()
                  && found.extra() == shape.extra()
                  && found.numeric() == observationSpace.numeric().size()
                  && found.embeddings().stream()
                      .map(Architecture.Embedding::codes)
                      .toList()
                      .equals(codes),
              "the architecture of "
                  + role
                  + " does not fit the manifest's observation and action space");
        });
    check(
        vectors.keySet().equals(head.vectors()),
        "there are vectors " + vectors.keySet() + ", not " + head.vectors());
    vectors.forEach(
        (name, numbers) ->
            check(
                numbers.length == size,
                "vector " + name + " has " + numbers.length + " numbers, not " + size));
  }

  private static void check(boolean condition, String otherwise) {
    if (!condition) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
