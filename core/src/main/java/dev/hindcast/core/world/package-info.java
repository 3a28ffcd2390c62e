/**
 * Worlds whose values are solved exactly: for tests, the quickstart and back-tests. Nothing here is
 * learned or estimated.
 */
package dev.hindcast.core.world;
