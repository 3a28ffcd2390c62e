/**
 * Worlds whose values are solved exactly or known by living in them: for tests, the quickstart and
 * benchmarks. Nothing here is learned or estimated.
 */
package dev.hindcast.core.world;
