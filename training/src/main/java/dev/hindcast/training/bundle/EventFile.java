package dev.hindcast.training.bundle;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.CodedOutputStream;
import dev.hindcast.core.artefact.CanonicalJson;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * A metrics file once more, in the form that TensorBoard opens: a TFRecord file of {@code
 * tensorflow.Event} messages, each figure a scalar at its update. All that stands in it comes from
 * the metrics file; the time of every event is 0, so that equal runs give equal bytes.
 *
 * <p>A record is its length (8 bytes), the masked CRC-32C of those, the message, and the masked
 * CRC-32C of the message; numbers are little-endian (TensorFlow's {@code record_writer.h}). Field
 * numbers are those of its {@code event.proto} and {@code summary.proto}.
 */
public final class EventFile {
  /** Where it lies in a bundle: TensorBoard takes any name with "tfevents" in it. */
  public static final String NAME = "events.out.tfevents.0.hindcast";

  private static final String VERSION = "brain.Event:2";
  private static final int EVENT_STEP = 2;
  private static final int EVENT_FILE_VERSION = 3;
  private static final int EVENT_SUMMARY = 5;
  private static final int SUMMARY_VALUE = 1;
  private static final int VALUE_TAG = 1;
  private static final int VALUE_SIMPLE_VALUE = 2;

  private EventFile() {}

  /** The event file of a whole metrics file: one event for each of its lines. */
  public static byte[] of(String metrics) {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    record(file, message(out -> out.writeString(EVENT_FILE_VERSION, VERSION)));
    metrics
        .lines()
        .map(line -> CanonicalJson.tree(line.getBytes(StandardCharsets.UTF_8)))
        .forEach(line -> record(file, event(line)));
    return file.toByteArray();
  }

  private static byte[] event(JsonNode line) {
    return message(
        out -> {
          out.writeInt64(EVENT_STEP, line.path("update").asLong());
          out.writeByteArray(EVENT_SUMMARY, summary(line));
        });
  }

  private static byte[] summary(JsonNode line) {
    return message(
        out -> {
          Iterator<Map.Entry<String, JsonNode>> fields = line.fields();
          while (fields.hasNext()) {
            Map.Entry<String, JsonNode> field = fields.next();
            if (!field.getKey().equals("update")) {
              out.writeByteArray(
                  SUMMARY_VALUE, scalar(field.getKey(), field.getValue().floatValue()));
            }
          }
        });
  }

  private static byte[] scalar(String tag, float value) {
    return message(
        out -> {
          out.writeString(VALUE_TAG, tag);
          out.writeFloat(VALUE_SIMPLE_VALUE, value);
        });
  }

  private static void record(ByteArrayOutputStream file, byte[] message) {
    byte[] length =
        ByteBuffer.allocate(Long.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(message.length)
            .array();
    file.writeBytes(length);
    file.writeBytes(maskedChecksum(length));
    file.writeBytes(message);
    file.writeBytes(maskedChecksum(message));
  }

  /** Masked, since a checksum over bytes that hold their own checksum is weak. */
  private static byte[] maskedChecksum(byte[] bytes) {
    CRC32C checksum = new CRC32C();
    checksum.update(bytes);
    int masked = Integer.rotateRight((int) checksum.getValue(), 15) + 0xa282ead8;
    return ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt(masked).array();
  }

  private interface Fields {
    void writeTo(CodedOutputStream out) throws IOException;
  }

  private static byte[] message(Fields fields) {
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      CodedOutputStream out = CodedOutputStream.newInstance(bytes);
      fields.writeTo(out);
      out.flush();
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException("Writing to memory cannot fail.", e);
    }
  }
}
