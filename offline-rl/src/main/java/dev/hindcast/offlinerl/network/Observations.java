package dev.hindcast.offlinerl.network;

/**
 * Observation rows placed where the networks of one backend compute, once; batches refer to them by
 * row number.
 */
public interface Observations extends AutoCloseable {
  /** How many rows there are. */
  int rows();

  @Override
  void close();
}
