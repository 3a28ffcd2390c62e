package dev.hindcast.training.learner;

/** Where to compute. */
public enum Device {
  /** A GPU where the engine finds one, otherwise the CPU. */
  AUTO,
  /** The CPU, with one thread: the same bits every time. */
  CPU,
  /** A GPU, or an error that says there is none. */
  GPU
}
