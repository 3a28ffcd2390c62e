/** Which backend a training gets. What backends do is in their own packages. */
package dev.hindcast.offlinerl.network.backend;
