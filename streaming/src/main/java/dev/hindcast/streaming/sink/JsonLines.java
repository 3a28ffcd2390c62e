package dev.hindcast.streaming.sink;

import dev.hindcast.core.artefact.CanonicalJson;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.apache.flink.api.common.serialization.Encoder;

/** Writes values as lines of JSON. */
final class JsonLines<T> implements Encoder<T> {
  private static final long serialVersionUID = 1L;

  @Override
  public void encode(T value, OutputStream out) throws IOException {
    out.write((CanonicalJson.line(value) + "\n").getBytes(StandardCharsets.UTF_8));
  }
}
