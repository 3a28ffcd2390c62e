package dev.hindcast.streaming.sink;

import dev.hindcast.core.artefact.CanonicalJson;
import dev.hindcast.streaming.row.DeadLetter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.flink.api.common.serialization.Encoder;

/** Writes dead letters as lines of JSON. */
final class DeadLetterLines implements Encoder<DeadLetter> {
  private static final long serialVersionUID = 1L;

  @Override
  public void encode(DeadLetter letter, OutputStream out) throws IOException {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("reason", letter.reason());
    line.put("detail", letter.detail());
    line.put("source", letter.origin());
    line.put("offset", letter.offset());
    if (letter.time() != DeadLetter.NO_TIME) {
      line.put("time", Instant.ofEpochMilli(letter.time()).toString());
    }
    line.put("payload", letter.payload());
    if (letter.isCut()) {
      line.put("payload_cut", true);
    }
    out.write((CanonicalJson.line(line) + "\n").getBytes(StandardCharsets.UTF_8));
  }
}
