package dev.hindcast.serving.registry;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What a version can be to those who ask for decisions. */
public enum Alias {
  /** The version in force. */
  CHAMPION,
  /** The version that is tried beside it. */
  CHALLENGER;

  /** The spelling in files, configs and commands. */
  @JsonValue
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
