package dev.hindcast.training.loop;

import java.util.Optional;

/** Where the checkpoints of one trial are kept. */
public interface CheckpointStore {
  /** The newest one, if there is any. */
  Optional<byte[]> latest();

  /** Replaces what is kept; a reader sees the old one or the new one, never half of one. */
  void save(long updates, byte[] checkpoint);

  /** Keeps nothing. */
  static CheckpointStore none() {
    return new CheckpointStore() {
      @Override
      public Optional<byte[]> latest() {
        return Optional.empty();
      }

      @Override
      public void save(long updates, byte[] checkpoint) {}
    };
  }
}
