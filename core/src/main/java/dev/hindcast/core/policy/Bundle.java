package dev.hindcast.core.policy;

import java.util.Optional;

/**
 * A loaded bundle.
 *
 * @param manifest what it says of itself
 * @param policy its policy, for the kind {@code policy}
 * @param qFunction its Q-function, for the kind {@code q_function}
 */
public record Bundle(
    BundleManifest manifest, Optional<Policy> policy, Optional<QFunction> qFunction) {}
