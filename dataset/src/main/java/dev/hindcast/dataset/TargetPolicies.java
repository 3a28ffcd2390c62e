package dev.hindcast.dataset;

import dev.hindcast.core.data.DatasetManifest;
import dev.hindcast.core.policy.BundleLoader;
import dev.hindcast.core.policy.PolicySpec;
import dev.hindcast.core.policy.TargetPolicy;

/**
 * From the name of a policy in a config to the policy: reads tables and bundles and fits them to a
 * dataset's spaces.
 */
public final class TargetPolicies {
  private TargetPolicies() {}

  /**
   * Resolves any spec but {@link PolicySpec.Named}.
   *
   * @throws dev.hindcast.core.config.UserError when a file or column is missing, a key is no
   *     observation field, a probability is negative or not finite, an action is out of range, or a
   *     bundle was made for other spaces
   */
  public static TargetPolicy resolve(
      PolicySpec spec, DatasetManifest manifest, BundleLoader bundles) {
    return Pending.now();
  }
}
