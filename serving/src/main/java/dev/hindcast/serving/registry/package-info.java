/**
 * Which version of a policy is in force, since when, why and by whom: files that are only ever
 * added to. Bundles stay where they are.
 */
package dev.hindcast.serving.registry;
