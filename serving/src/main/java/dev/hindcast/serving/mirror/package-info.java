/**
 * Showing elsewhere what a registry says. Nothing is read back: the registry alone decides what is
 * in force.
 */
package dev.hindcast.serving.mirror;
