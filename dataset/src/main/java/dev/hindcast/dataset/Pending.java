package dev.hindcast.dataset;

final class Pending {
  @SuppressWarnings("TypeParameterUnusedInFormals")
  static <T> T now() {
    if (System.nanoTime() != 0) {
      throw new UnsupportedOperationException("being built");
    }
    return null;
  }

  private Pending() {}
}
