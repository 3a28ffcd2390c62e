/** What bundles hold whatever was trained. The formats themselves belong to the rooms. */
package dev.hindcast.training.bundle;
