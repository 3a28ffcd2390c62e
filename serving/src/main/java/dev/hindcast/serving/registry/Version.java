package dev.hindcast.serving.registry;

import dev.hindcast.core.artefact.Fingerprint;
import java.util.Optional;

/**
 * One bundle that a policy can be. {@code docs/spec/registry.md} is the contract.
 *
 * @param specVersion the version of the contract
 * @param kind {@link #KIND}
 * @param policy the policy's name
 * @param number from 1, in the order of registration
 * @param bundle where the bundle lies: an absolute path or URI
 * @param name the bundle's own name
 * @param fingerprint the bundle's fingerprint: exactly these weights
 * @param parent the fingerprint of the bundle that it was made from by further learning
 * @param dataset the fingerprint of the dataset it was trained on
 * @param window the time that its data is from, where that was said
 * @param at when it was registered
 * @param by by whom
 */
public record Version(
    int specVersion,
    String kind,
    String policy,
    int number,
    String bundle,
    String name,
    Fingerprint fingerprint,
    Optional<Fingerprint> parent,
    Optional<Fingerprint> dataset,
    Optional<DataWindow> window,
    String at,
    String by) {
  /** The version of the contract that this build writes and reads. */
  public static final int SPEC_VERSION = 1;

  /** What stands in {@code kind}. */
  public static final String KIND = "policy_version";

  /** For sentences: "version 3 (iql-seed0, 0a1b2c3d4e5f)". */
  public String inWords() {
    return "version " + number + " (" + name + ", " + fingerprint.brief() + ")";
  }
}
