/**
 * Losses as plain arithmetic with the gradient by their outputs, shared by networks and trees. No
 * tensor library.
 */
package dev.hindcast.core.loss;
