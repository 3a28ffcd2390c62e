/**
 * How the outputs of learned functions become actions or values, whether networks or trees give
 * them. Not how they are learned, nor how they are stored.
 */
package dev.hindcast.training.head;
