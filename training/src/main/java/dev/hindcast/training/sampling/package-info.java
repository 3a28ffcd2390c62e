/**
 * Which steps of the data an update is made with. Any batch can be drawn again at any time, and is
 * the same.
 */
package dev.hindcast.training.sampling;
