package dev.hindcast.offlinerl.bundle;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hindcast.core.artefact.CanonicalJson;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The public safetensors layout: eight bytes with the length of a JSON header (little endian), the
 * header with name, type, shape and place of every tensor, then the numbers. Only 32-bit floats.
 *
 * <p>Reading trusts nothing: every length and place is checked before it is used, and a tensor may
 * neither overlap another nor leave a gap.
 */
final class Safetensors {
  private static final int LENGTH_BYTES = 8;
  private static final int GREATEST_HEADER = 1 << 20;
  private static final String TYPE = "F32";

  private Safetensors() {}

  /**
   * One tensor.
   *
   * @param shape its dimensions
   * @param values in row-major order
   */
  @SuppressWarnings("ArrayRecordComponent") // storage on its way to or from a file
  record Tensor(List<Integer> shape, float[] values) {}

  private record Header(String dtype, List<Integer> shape, List<Long> dataOffsets) {}

  private record Place(String name, List<Integer> shape, long from, long to) {}

  /** The file with these tensors, in the map's order. */
  static byte[] write(Map<String, Tensor> tensors) {
    Map<String, Header> header = new TreeMap<>();
    long offset = 0;
    for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
      long end = offset + 4L * entry.getValue().values().length;
      header.put(entry.getKey(), new Header(TYPE, entry.getValue().shape(), List.of(offset, end)));
      offset = end;
    }
    byte[] json = CanonicalJson.line(header).getBytes(StandardCharsets.UTF_8);
    int padded = (json.length + LENGTH_BYTES - 1) / LENGTH_BYTES * LENGTH_BYTES;
    ByteBuffer file =
        ByteBuffer.allocate(Math.toIntExact(LENGTH_BYTES + padded + offset))
            .order(ByteOrder.LITTLE_ENDIAN);
    file.putLong(padded).put(json);
    for (int i = json.length; i < padded; i++) {
      file.put((byte) ' ');
    }
    tensors.values().forEach(tensor -> putAll(file, tensor.values()));
    return file.array();
  }

  /**
   * The tensors of a file, in the order of their places.
   *
   * @throws IllegalArgumentException when anything about the file is not as it should be; the
   *     message says what
   */
  static Map<String, Tensor> read(byte[] file) {
    check(file.length >= LENGTH_BYTES, "it is shorter than its header's length");
    ByteBuffer buffer = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    long length = buffer.getLong();
    check(
        length >= 2 && length <= GREATEST_HEADER && length <= file.length - LENGTH_BYTES,
        "its header claims " + length + " bytes");
    int headerEnd = LENGTH_BYTES + (int) length;
    JsonNode header = CanonicalJson.tree(Arrays.copyOfRange(file, LENGTH_BYTES, headerEnd));
    check(header.isObject(), "its header is not a JSON object");
    List<Place> places = new ArrayList<>();
    header
        .fields()
        .forEachRemaining(
            field -> {
              if (!field.getKey().equals("__metadata__")) {
                places.add(place(field.getKey(), field.getValue()));
              }
            });
    places.sort(Comparator.comparingLong(Place::from).thenComparingLong(Place::to));
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    long expected = 0;
    for (Place place : places) {
      check(
          place.from() == expected,
          "tensor " + place.name() + " overlaps another or leaves a gap before it");
      check(
          place.to() <= file.length - headerEnd,
          "tensor " + place.name() + " ends beyond the end of the file");
      float[] values = new float[(int) ((place.to() - place.from()) / 4)];
      for (int i = 0; i < values.length; i++) {
        values[i] = buffer.getFloat(headerEnd + (int) place.from() + 4 * i);
        check(
            Float.isFinite(values[i]),
            "tensor " + place.name() + " holds a value that is not finite");
      }
      tensors.put(place.name(), new Tensor(place.shape(), values));
      expected = place.to();
    }
    check(expected == file.length - headerEnd, "it has bytes that belong to no tensor");
    return tensors;
  }

  private static Place place(String name, JsonNode node) {
    check(
        node.path("dtype").asText().equals(TYPE),
        "tensor " + name + " is of type " + node.path("dtype").asText("?") + ", not " + TYPE);
    check(node.path("shape").isArray(), "tensor " + name + " has no shape");
    JsonNode offsets = node.path("data_offsets");
    check(
        offsets.isArray()
            && offsets.size() == 2
            && offsets.get(0).canConvertToLong()
            && offsets.get(1).canConvertToLong(),
        "tensor " + name + " has no place");
    List<Integer> shape = new ArrayList<>();
    long size = 4;
    for (JsonNode dimension : node.path("shape")) {
      check(
          dimension.isIntegralNumber() && dimension.canConvertToInt() && dimension.intValue() >= 0,
          "tensor " + name + " has a dimension that is no size");
      shape.add(dimension.intValue());
      size *= dimension.intValue();
      check(size <= Integer.MAX_VALUE, "tensor " + name + " is too large");
    }
    long from = offsets.get(0).longValue();
    long to = offsets.get(1).longValue();
    check(
        from >= 0 && to >= from && to - from == size,
        "tensor " + name + " has a place that does not fit its shape");
    return new Place(name, List.copyOf(shape), from, to);
  }

  private static void putAll(ByteBuffer file, float[] values) {
    for (float value : values) {
      file.putFloat(value);
    }
  }

  private static void check(boolean condition, String otherwise) {
    if (!condition) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
