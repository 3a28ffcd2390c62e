package dev.hindcast.serving.registry;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.hindcast.core.artefact.Fingerprint;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One state of a policy's aliases, and the move that led to it. Generations are the audit log: each
 * names the fingerprint of the one before, so that none can be altered or left out unseen.
 *
 * @param specVersion the version of the contract
 * @param kind {@link #KIND}
 * @param policy the policy's name
 * @param number from 1
 * @param previous the fingerprint of the generation before; absent in the first
 * @param at when
 * @param by by whom
 * @param move what was done
 * @param alias which alias was moved
 * @param version where to
 * @param aliases version numbers by alias, after the move
 * @param justification why
 */
public record Generation(
    int specVersion,
    String kind,
    String policy,
    int number,
    Optional<Fingerprint> previous,
    String at,
    String by,
    Move move,
    Alias alias,
    int version,
    Map<String, Integer> aliases,
    Justification justification) {
  /** The version of the contract that this build writes and reads. */
  public static final int SPEC_VERSION = 1;

  /** What stands in {@code kind}. */
  public static final String KIND = "policy_generation";

  /** Copies the map. */
  public Generation {
    aliases = Collections.unmodifiableMap(new TreeMap<>(aliases));
  }

  /** What can be done with an alias. */
  public enum Move {
    /** To another version. */
    PROMOTE,
    /** Back to a former one. */
    ROLLBACK;

    /** The JSON spelling. */
    @JsonValue
    public String key() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** The number of the version under an alias. */
  public Optional<Integer> version(Alias wanted) {
    return Optional.ofNullable(aliases.get(wanted.key()));
  }
}
