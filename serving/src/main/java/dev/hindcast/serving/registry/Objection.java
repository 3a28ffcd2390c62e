package dev.hindcast.serving.registry;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.hindcast.core.config.UserError;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Why a version may not become champion. Each can be overruled by its name, and that is recorded.
 */
public enum Objection {
  /** Nobody named a report, or there is none where it should be. */
  NO_REPORT(UserError.Kind.INPUT_MISSING),
  /** The report cannot be read, is not whole, of another spec version, or holds no-numbers. */
  DAMAGED_REPORT(UserError.Kind.DATA),
  /** The report's figures do not lead to the report's verdict. */
  UNFOUNDED_VERDICT(UserError.Kind.DATA),
  /** The report judges other weights than these. */
  OTHER_BUNDLE(UserError.Kind.GATE),
  /** The report is of an earlier run: of another dataset, another champion, or used before. */
  OLDER_REPORT(UserError.Kind.GATE),
  /** The verdict is not promote. */
  VERDICT(UserError.Kind.GATE),
  /** The version's data is older than the champion's, or of unknown age beside a known one. */
  OLDER_WINDOW(UserError.Kind.GATE);

  private final UserError.Kind kind;

  Objection(UserError.Kind kind) {
    this.kind = kind;
  }

  /** The spelling in files and commands. */
  @JsonValue
  public String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** What a process ends with that is refused for it. */
  UserError.Kind kind() {
    return kind;
  }

  /** The objection of a spelling. */
  public static Optional<Objection> of(String key) {
    return Arrays.stream(values()).filter(objection -> objection.key().equals(key)).findFirst();
  }

  /** All spellings. */
  public static List<String> keys() {
    return Arrays.stream(values()).map(Objection::key).toList();
  }

  /**
   * An objection with its words.
   *
   * @param objection which
   * @param words a sentence
   */
  record Raised(Objection objection, String words) {}
}
