/**
 * Grown trees as bundles: ensembles, their description, ONNX export, and reading them back without
 * Spark and without native code. Growing is not here.
 */
package dev.hindcast.gbrl.bundle;
