package dev.hindcast.offlinerl.network.djl;

import dev.hindcast.offlinerl.network.Networks;

/** Lets tests in other packages look for leaks. */
public final class LiveArrays {
  private LiveArrays() {}

  /** How many arrays live in a backend of this package. */
  public static int of(Networks networks) {
    return ((DjlNetworks) networks).liveArrays();
  }
}
