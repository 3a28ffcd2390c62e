package dev.hindcast.gbrl.tree;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads universal binary JSON (draft 12 of its specification, as XGBoost writes it): objects become
 * maps, arrays of one type of number {@code float[]} or {@code long[]}, other arrays lists. Trusts
 * no length.
 */
final class BinaryJson {
  private static final int DEEPEST = 32;

  private final ByteBuffer bytes; // big-endian, as the format is

  private BinaryJson(byte[] bytes) {
    this.bytes = ByteBuffer.wrap(bytes);
  }

  /**
   * The object that fills these bytes.
   *
   * @throws IllegalArgumentException when they are anything else; the message says what
   */
  static Map<?, ?> read(byte[] bytes) {
    BinaryJson reader = new BinaryJson(bytes);
    try {
      Object value = reader.value(reader.bytes.get(), 0);
      if (!(value instanceof Map<?, ?> object)) {
        throw new IllegalArgumentException("it does not begin with an object");
      }
      if (reader.bytes.hasRemaining()) {
        throw new IllegalArgumentException(
            "it goes on for " + reader.bytes.remaining() + " bytes after its end");
      }
      return object;
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException("it ends in the middle", e);
    }
  }

  private Object value(byte marker, int depth) {
    if (depth > DEEPEST) {
      throw new IllegalArgumentException("it is nested deeper than " + DEEPEST + " levels");
    }
    return switch (marker) {
      case '{' -> object(depth);
      case '[' -> array(depth);
      case 'S' -> text();
      case 'd' -> (double) bytes.getFloat();
      case 'D' -> bytes.getDouble();
      case 'T' -> true;
      case 'F' -> false;
      case 'Z' -> "";
      default -> whole(marker);
    };
  }

  private long whole(byte marker) {
    return switch (marker) {
      case 'i' -> bytes.get();
      case 'U' -> bytes.get() & 0xff;
      case 'I' -> bytes.getShort();
      case 'l' -> bytes.getInt();
      case 'L' -> bytes.getLong();
      default -> throw new IllegalArgumentException("byte " + marker + " marks no type");
    };
  }

  private int length(int bytesEach) {
    long length = whole(bytes.get());
    if (length < 0 || length > bytes.remaining() / bytesEach) {
      throw new IllegalArgumentException("it claims " + length + " values, more than it has");
    }
    return (int) length;
  }

  private String text() {
    byte[] text = new byte[length(1)];
    bytes.get(text);
    return new String(text, StandardCharsets.UTF_8);
  }

  private Map<String, Object> object(int depth) {
    Map<String, Object> object = new LinkedHashMap<>();
    while (true) {
      bytes.mark();
      if (bytes.get() == '}') {
        return object;
      }
      bytes.reset();
      String key = text();
      if (object.put(key, value(bytes.get(), depth + 1)) != null) {
        throw new IllegalArgumentException("it has " + key + " twice");
      }
    }
  }

  private Object array(int depth) {
    byte first = bytes.get();
    if (first == '$') {
      byte type = bytes.get();
      expect('#');
      return numbers(type);
    }
    List<Object> values = new ArrayList<>();
    if (first == '#') {
      int length = length(1);
      for (int i = 0; i < length; i++) {
        values.add(value(bytes.get(), depth + 1));
      }
      return values;
    }
    for (byte marker = first; marker != ']'; marker = bytes.get()) {
      values.add(value(marker, depth + 1));
    }
    return values;
  }

  private Object numbers(byte type) {
    if (type == 'd') {
      float[] values = new float[length(Float.BYTES)];
      bytes.asFloatBuffer().get(values);
      bytes.position(bytes.position() + values.length * Float.BYTES);
      return values;
    }
    int size =
        switch (type) {
          case 'I' -> Short.BYTES;
          case 'l' -> Integer.BYTES;
          case 'L' -> Long.BYTES;
          default -> 1;
        };
    long[] values = new long[length(size)];
    for (int i = 0; i < values.length; i++) {
      values[i] = whole(type);
    }
    return values;
  }

  private void expect(char marker) {
    if (bytes.get() != marker) {
      throw new IllegalArgumentException("an array lacks its length");
    }
  }
}
