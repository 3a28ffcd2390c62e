package dev.hindcast.offlinerl.algorithm;

/** What a policy over continuous actions is made of; over discrete ones it is always a softmax. */
public enum PolicyForm {
  /** A Gaussian around a tanh mean; clones by likelihood and can explore. */
  GAUSSIAN,
  /** One action per observation; clones by the squared error. */
  DETERMINISTIC
}
