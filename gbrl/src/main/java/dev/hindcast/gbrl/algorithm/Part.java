package dev.hindcast.gbrl.algorithm;

/** Something in a learner that must be kept for it to go on later. */
interface Part extends AutoCloseable {
  /** All of it. */
  byte[] bytes();

  /** Goes on from there. */
  void restore(byte[] bytes);

  @Override
  default void close() {}
}
