package dev.hindcast.core.artefact;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * What made an artefact: enough to make it again.
 *
 * @param inputs what was read, in reading order
 * @param config the settings in force, defaults included
 * @param seed the seed of all randomness; 0 where none was used
 * @param code the build that ran
 */
public record Provenance(List<Input> inputs, JsonNode config, long seed, CodeVersion code) {
  /** Copies the list. */
  public Provenance {
    inputs = List.copyOf(inputs);
  }

  /**
   * One thing that was read.
   *
   * @param role what it was to the stage: log, dataset, policy-table ...
   * @param name what a person calls it: a file or folder name without the path of any machine
   * @param fingerprint its content
   */
  public record Input(String role, String name, Fingerprint fingerprint) {}
}
