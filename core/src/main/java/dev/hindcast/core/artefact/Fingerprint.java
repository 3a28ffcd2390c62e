package dev.hindcast.core.artefact;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * What something is, by its content: {@code sha256:} and 64 lower-case hexadecimal digits.
 *
 * @param value the whole text, with its prefix
 */
public record Fingerprint(@JsonValue String value) implements Serializable {
  private static final Pattern FORM = Pattern.compile("sha256:[0-9a-f]{64}");

  /** Checks the form. */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public Fingerprint {
    if (!FORM.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "'" + value + "' is not a fingerprint (sha256: and 64 hexadecimal digits).");
    }
  }

  /** The fingerprint of these bytes. */
  public static Fingerprint of(byte[] bytes) {
    return new Fingerprint("sha256:" + HexFormat.of().formatHex(sha256().digest(bytes)));
  }

  /** The fingerprint of a value's canonical JSON. */
  public static Fingerprint ofJson(Object value) {
    return of(CanonicalJson.bytes(value));
  }

  /** The fingerprint of all that the stream still holds; the caller closes it. */
  public static Fingerprint of(InputStream stream) throws IOException {
    MessageDigest digest = sha256();
    byte[] buffer = new byte[1 << 16];
    for (int n = stream.read(buffer); n >= 0; n = stream.read(buffer)) {
      digest.update(buffer, 0, n);
    }
    return new Fingerprint("sha256:" + HexFormat.of().formatHex(digest.digest()));
  }

  /** The first twelve digits, for tables and sentences. */
  public String brief() {
    return value.substring("sha256:".length(), "sha256:".length() + 12);
  }

  @Override
  public String toString() {
    return value;
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256.", e);
    }
  }
}
