/**
 * Trained networks as bundles: weights, architecture, ONNX export, and reading them back without
 * any engine. Training is not here.
 */
package dev.hindcast.offlinerl.bundle;
