/**
 * Agents that learn by living in a world with few enough states for tables; what theory proves can
 * be checked on them. No networks, no logs, no executors.
 */
package dev.hindcast.offlinerl.tabular;
