/**
 * Telling an MLflow server what is trained and how it goes. Training never waits for it and never
 * fails because of it; what is told is decided by the caller.
 */
package dev.hindcast.training.tracking;
