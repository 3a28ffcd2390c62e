/**
 * Datasets and other artefacts on disk: open, verify, publish last. What the files mean is in core.
 */
package dev.hindcast.dataset;
