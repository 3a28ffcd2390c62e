/** Policies, Q-functions and the bundles that carry them. How a policy was learned is not here. */
package dev.hindcast.core.policy;
